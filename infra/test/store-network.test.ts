/** Rules for connections inside the network, and for its isolation from the internet. */
import { describe, expect, test } from 'vitest';
import { stacks, stores } from '../src/testing/stores.ts';
import { type Attributes, ofType, one, type Stack } from '../src/testing/synthesised.ts';

describe('the VPC network', () => {
  test('has no route to or from the internet', () => {
    const ways =
      /^aws_(internet_gateway|egress_only_internet_gateway|nat_gateway|eip|route$|vpn_|dx_|ec2_transit|vpc_peering|customer_gateway|networkfirewall)/;
    expect(
      stacks.flatMap(({ resources }) => resources.filter(({ type }) => ways.test(type))).map(({ address }) => address),
    ).toEqual([]);
    for (const { address, attributes } of ofType(stacks, 'aws_route_table')) {
      expect(attributes, address).not.toHaveProperty('route');
    }
    for (const { address, attributes } of ofType(stacks, 'aws_subnet')) {
      expect(attributes.map_public_ip_on_launch, address).toBe(false);
    }
  });

  test('has a private subnet in each zone, without overlapping addresses', () => {
    for (const { environment, store } of stores) {
      const subnets = ofType([store], 'aws_subnet');
      expect(subnets.map(({ attributes }) => attributes.availability_zone).sort(), store.name).toEqual(
        [...environment.network.availabilityZones].sort(),
      );
      const blocks = subnets.map(({ attributes }) => attributes.cidr_block);
      expect(new Set(blocks).size, store.name).toBe(subnets.length);
      for (const block of blocks) expect(block).toContain(environment.network.cidr);
      expect(ofType([store], 'aws_route_table_association'), store.name).toHaveLength(subnets.length);
    }
  });

  test('has endpoints for S3, secrets and logs in the configured number of zones', () => {
    for (const { environment, store } of stores) {
      const endpoints = ofType([store], 'aws_vpc_endpoint').map(({ attributes }) => attributes);
      expect(endpoints.map(({ service_name }) => String(service_name).split('.').at(-1)).sort()).toEqual([
        'logs',
        's3',
        'secretsmanager',
      ]);
      for (const endpoint of endpoints.filter(({ vpc_endpoint_type }) => vpc_endpoint_type === 'Interface')) {
        expect(endpoint.subnet_ids, store.name).toHaveLength(environment.network.endpointZones);
        expect(endpoint.private_dns_enabled, store.name).toBe(true);
      }
    }
  });

  test('has a default security group without rules, and logs rejected connections', () => {
    for (const { store } of stores) {
      const { attributes } = one(store, 'aws_default_security_group');
      expect(attributes).not.toHaveProperty('ingress');
      expect(attributes).not.toHaveProperty('egress');
      expect(one(store, 'aws_flow_log').attributes.traffic_type).toBe('REJECT');
    }
  });
});

describe('the security groups', () => {
  /** Returns `from → to: ports` for all rules of a store. */
  function allowed(store: Stack): { in: string[]; out: string[] } {
    const group = (reference: unknown) => {
      const id = /^\$\{aws_security_group\.(.+)\.id\}$/.exec(String(reference))?.[1];
      const found = ofType([store], 'aws_security_group').find((candidate) => candidate.id === id);
      if (found) return String(found.attributes.name).split('-').at(-1);
      return /^\$\{aws_vpc_endpoint\.endpoints_s3_\w+\.prefix_list_id\}$/.test(String(reference)) ? 'S3' : reference;
    };
    const ports = ({ from_port, to_port, ip_protocol }: Attributes) => `${ip_protocol} ${from_port}-${to_port}`;
    const peer = ({ referenced_security_group_id, prefix_list_id, cidr_ipv4, cidr_ipv6 }: Attributes) =>
      group(referenced_security_group_id ?? prefix_list_id ?? cidr_ipv4 ?? cidr_ipv6);
    return {
      in: ofType([store], 'aws_vpc_security_group_ingress_rule')
        .map(({ attributes }) => `${peer(attributes)} → ${group(attributes.security_group_id)}: ${ports(attributes)}`)
        .sort(),
      out: ofType([store], 'aws_vpc_security_group_egress_rule')
        .map(({ attributes }) => `${group(attributes.security_group_id)} → ${peer(attributes)}: ${ports(attributes)}`)
        .sort(),
    };
  }

  test('the groups allow exactly the listed connections', () => {
    for (const { store } of stores) {
      const inside = [
        'job → database: tcp 3306-3306',
        'job → endpoints: tcp 443-443',
        'job → job: tcp 0-65535',
        'migrator → database: tcp 3306-3306',
        'migrator → endpoints: tcp 443-443',
        'reader → database: tcp 3306-3306',
        'reader → endpoints: tcp 443-443',
        'report → database: tcp 3306-3306',
      ];
      expect(allowed(store).in, store.name).toEqual(['database → report: tcp 0-65535', ...inside]);
      expect(allowed(store).out, store.name).toEqual(
        [...inside, 'job → S3: tcp 443-443', 'reader → S3: tcp 443-443'].sort(),
      );
    }
  });

  test('no security group has inline rules', () => {
    for (const { address, attributes } of ofType(stacks, 'aws_security_group')) {
      expect(attributes, address).not.toHaveProperty('ingress');
      expect(attributes, address).not.toHaveProperty('egress');
    }
    expect(ofType(stacks, 'aws_security_group_rule')).toEqual([]);
  });

  test('the database is not public, and accepts connections only through its security group', () => {
    for (const { store } of stores) {
      const own = ofType([store], 'aws_security_group').find(({ id }) => id.startsWith('groups_database_'));
      for (const { address, attributes } of ofType([store], 'aws_db_instance')) {
        expect(attributes.vpc_security_group_ids, address).toEqual([`\${aws_security_group.${own?.id}.id}`]);
        expect(attributes.publicly_accessible, address).toBe(false);
      }
    }
  });
});
