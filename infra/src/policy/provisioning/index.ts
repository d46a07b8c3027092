/** Combines the rights of Terraform in an environment. GitHub's plan and apply roles consist of these areas. */
import type { Environment } from '../../environment.ts';
import type { Area } from './area.ts';
import { consoleArea } from './console.ts';
import { database } from './database.ts';
import { delivery } from './delivery.ts';
import { glue } from './glue.ts';
import { load } from './load.ts';
import { network } from './network.ts';
import { report } from './report.ts';
import { roles } from './roles.ts';
import { storage } from './storage.ts';
import { watch } from './watch.ts';

export function provisioningOf(environment: Environment): Area[] {
  // Each area is one managed policy, and IAM allows ten managed policies for a role.
  return [delivery, roles, network, storage, database, load, glue, report, consoleArea, watch].map((area) =>
    area(environment),
  );
}

export { limits } from './limits.ts';
