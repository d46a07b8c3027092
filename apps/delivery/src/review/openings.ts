/** Finds the public addresses from which a network resource accepts traffic, or to which it allows or routes traffic. */
import { BlockList, isIP } from 'node:net';
import { isMarked, readValue, type Values } from './reviewed-plan.ts';

/** Resource types with addresses, and their attributes that are lists of rules with addresses. */
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

/** Prefix lists, whose owner may change the ranges later. */
const listAttributes = ['prefix_list_id', 'prefix_list_ids', 'destination_prefix_list_id'];

/** Route targets that lead to another network or machine, whatever the range is. */
const targetAttributes = [
  'carrier_gateway_id',
  'core_network_arn',
  'local_gateway_id',
  'network_interface_id',
  'transit_gateway_id',
  'vpc_endpoint_id',
  'vpc_peering_connection_id',
];

/** Ranges of private networks: RFC 1918, and RFC 4193 for IPv6. */
const privateRanges = [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['fc00::', 7],
] as const;

/** Returns openings such as `tcp 443-443 0.0.0.0/0`. The text contains everything that identifies the opening. */
export function openingsOf(type: string, values: Values | null): string[] {
  const lists = carriers[type];
  if (lists === undefined || values === null) return [];
  const own = opened(values, [values.type, values.security_group_id]);
  return [...own, ...lists.flatMap((list) => entriesOf(values[list]).flatMap((entry) => opened(entry, [list])))];
}

/** Returns the attributes of a type that this module compares. */
export function addressesOf(type: string): readonly string[] {
  const lists = carriers[type];
  return lists === undefined ? [] : [...addressAttributes, ...lists];
}

/** Returns attributes whose addresses are known only after the apply, except lists that AWS sets for a new resource. */
export function unknownAddresses(type: string, unknown: unknown, isNew: boolean): string[] {
  const lists = carriers[type];
  if (lists === undefined) return [];
  const judged = [...addressAttributes, ...listAttributes, ...targetAttributes];
  const own = judged.filter((attribute) => isMarked(readValue(unknown, attribute)));
  const listed = lists.filter((list) => {
    const marks = readValue(unknown, list);
    if (marks === true) return !isNew;
    return entriesOf(marks).some((entry) => judged.some((attribute) => isMarked(entry[attribute])));
  });
  return [...own, ...listed];
}

function opened(rule: Values, where: readonly unknown[]): string[] {
  const ports = `${rule.from_port ?? ''}-${rule.to_port ?? ''}`;
  const through = [rule.gateway_id, rule.nat_gateway_id, rule.egress_only_gateway_id];
  const parts = [...where, rule.ip_protocol ?? rule.protocol, ports === '-' ? undefined : ports, ...through];
  const prefix = parts.filter(isText);
  const addresses = textsAt(rule, addressAttributes);
  const targets = textsAt(rule, targetAttributes);
  const reached = targets.length > 0 ? addresses : addresses.filter((cidr) => !isPrivate(cidr));
  return [...reached, ...textsAt(rule, listAttributes)].map((range) => [...prefix, ...targets, range].join(' '));
}

function textsAt(rule: Values, attributes: readonly string[]): string[] {
  return attributes.flatMap((attribute) => [rule[attribute]].flat()).filter(isText);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** Returns whether an address range is private. A text that is not a valid range counts as public. */
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
