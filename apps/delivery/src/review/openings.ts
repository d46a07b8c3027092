/** Which addresses of the internet a network resource lets in, lets out or sends to. */
import { BlockList, isIP } from 'node:net';
import { at, isMarked, type Values } from './reviewed-plan.ts';

/** Resources with addresses, and the lists in them that hold more. */
const carriers: Readonly<Record<string, readonly string[]>> = {
  aws_default_security_group: ['ingress', 'egress'],
  aws_route_table: ['route'],
  aws_security_group: ['ingress', 'egress'],
  aws_vpc_security_group_egress_rule: [],
  aws_vpc_security_group_ingress_rule: [],
};

const addressAttributes = [
  'cidr_ipv4',
  'cidr_ipv6',
  'cidr_block',
  'cidr_blocks',
  'ipv6_cidr_block',
  'ipv6_cidr_blocks',
  'destination_cidr_block',
  'destination_ipv6_cidr_block',
];

/** Lists of ranges, which their owner may change later. */
const listAttributes = ['prefix_list_id', 'prefix_list_ids', 'destination_prefix_list_id'];

/** Where a route may lead that is another network, or another machine, whatever its range. */
const targetAttributes = [
  'carrier_gateway_id',
  'core_network_arn',
  'local_gateway_id',
  'network_interface_id',
  'transit_gateway_id',
  'vpc_endpoint_id',
  'vpc_peering_connection_id',
];

/** Of a private network: RFC 1918, and RFC 4193 for IPv6. */
const privateRanges = [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['fc00::', 7],
] as const;

/** `tcp 443-443 0.0.0.0/0`: each with all that makes it another one when it changes. */
export function openingsOf(type: string, values: Values | null): string[] {
  const lists = carriers[type];
  if (lists === undefined || values === null) return [];
  const own = opened(values, [values.type, values.security_group_id]);
  return [...own, ...lists.flatMap((list) => entriesOf(values[list]).flatMap((entry) => opened(entry, [list])))];
}

/** The attributes of a type that are compared here. */
export function addressesOf(type: string): readonly string[] {
  const lists = carriers[type];
  return lists === undefined ? [] : [...addressAttributes, ...lists];
}

/** The addresses that are known only after the apply. What AWS fills in for something new, where nothing is said, is none. */
export function unknownAddresses(type: string, unknown: unknown, isNew: boolean): string[] {
  const lists = carriers[type];
  if (lists === undefined) return [];
  const judged = [...addressAttributes, ...listAttributes, ...targetAttributes];
  const own = judged.filter((attribute) => isMarked(at(unknown, attribute)));
  const listed = lists.filter((list) => {
    const marks = at(unknown, list);
    if (marks === true) return !isNew;
    return entriesOf(marks).some((entry) => judged.some((attribute) => isMarked(entry[attribute])));
  });
  return [...own, ...listed];
}

function opened(rule: Values, where: readonly unknown[]): string[] {
  const ports = `${rule.from_port ?? ''}-${rule.to_port ?? ''}`;
  const through = [rule.gateway_id, rule.nat_gateway_id, rule.egress_only_gateway_id];
  const parts = [...where, rule.ip_protocol ?? rule.protocol, ports === '-' ? undefined : ports, ...through];
  const said = parts.filter(isText);
  const addresses = textsAt(rule, addressAttributes);
  const targets = textsAt(rule, targetAttributes);
  const reached = targets.length > 0 ? addresses : addresses.filter((cidr) => !isPrivate(cidr));
  return [...reached, ...textsAt(rule, listAttributes)].map((range) => [...said, ...targets, range].join(' '));
}

function textsAt(rule: Values, attributes: readonly string[]): string[] {
  return attributes.flatMap((attribute) => [rule[attribute]].flat()).filter(isText);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** What is no address at all counts as public: it cannot be judged. */
function isPrivate(cidr: string): boolean {
  const [address = '', prefix = ''] = cidr.split('/');
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  if (isIP(address) === 0 || !/^\d+$/.test(prefix)) return false;
  return privateRanges.some(([network, bits]) => {
    if ((isIP(network) === 6 ? 'ipv6' : 'ipv4') !== family || Number(prefix) < bits) return false;
    const range = new BlockList();
    range.addSubnet(network, bits, family);
    return range.check(address, family);
  });
}

function entriesOf(list: unknown): Values[] {
  return Array.isArray(list) ? list.filter((entry) => typeof entry === 'object' && entry !== null) : [];
}
