/**
 * The Data Catalog for Athena: a table for each feed, over the CSV objects as users uploaded them.
 *
 * The tables are for viewing unchecked uploads. Athena matches columns by position, not by header, and a quoted newline ends a row.
 */

import { GlueCatalogDatabase } from '@cdktf/provider-aws/lib/glue-catalog-database/index.js';
import { GlueCatalogTable } from '@cdktf/provider-aws/lib/glue-catalog-table/index.js';
import { GlueCrawler } from '@cdktf/provider-aws/lib/glue-crawler/index.js';
import { catalogColumns, catalogPartitionKeys, type Feed, objectPrefix } from '@centflow/schema';
import { Construct } from 'constructs';
import { LogGroup } from '../../constructs/log-group.ts';
import { ServiceRole } from '../../constructs/service-role.ts';
import type { Environment } from '../../environment.ts';
import { namesOf } from '../../names.ts';
import { arns } from '../../policy/arns.ts';
import type { Statement } from '../../policy/policy-document.ts';

export interface CatalogProps {
  readonly environment: Environment;
  readonly feeds: readonly Feed[];
  readonly kmsKeyArn: string;
  readonly securityConfiguration: string;
}

/** The parameters that a crawler sets on a table. Plans ignore them. */
const crawlerParameters = [
  'CrawlerSchemaDeserializerVersion',
  'CrawlerSchemaSerializerVersion',
  'UPDATED_BY_CRAWLER',
  'averageRecordSize',
  'compressionType',
  'objectCount',
  'partition_filtering.enabled',
  'recordCount',
  'sizeKey',
  'typeOfData',
];

/**
 * The catalog database, its tables, and the crawler that finds new owners' folders.
 *
 * Only objects in an `owner=` folder belong to a partition. The job also loads objects directly below the feed's folder, but the
 * tables do not show them. The job does not read the catalog.
 */
export class Catalog extends Construct {
  constructor(scope: Construct, id: string, { environment, feeds, kmsKeyArn, securityConfiguration }: CatalogProps) {
    super(scope, id);
    const { prefix, uploadsBucket, catalogDatabase } = namesOf(environment);

    const database = new GlueCatalogDatabase(this, 'database', {
      name: catalogDatabase,
      description: 'The CSVs under raw/, as users uploaded them. Checked rows are in MySQL.',
    });
    const tables = feeds.map(
      (feed) =>
        new GlueCatalogTable(this, `table-${feed.name}`, {
          databaseName: database.name,
          name: feed.name,
          description: feed.description,
          tableType: 'EXTERNAL_TABLE',
          parameters: { EXTERNAL: 'TRUE', classification: 'csv', 'skip.header.line.count': '1' },
          partitionKeys: catalogPartitionKeys.map((key) => ({ ...key })),
          storageDescriptor: {
            location: `s3://${uploadsBucket}/${objectPrefix(feed)}`,
            // This input format decompresses files with the extension `.gz`.
            inputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
            outputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
            columns: catalogColumns(feed).map((column) => ({ ...column })),
            serDeInfo: {
              name: 'csv',
              serializationLibrary: 'org.apache.hadoop.hive.serde2.OpenCSVSerde',
              parameters: { separatorChar: ',', quoteChar: '"', escapeChar: '\\' },
            },
          },
          lifecycle: { ignoreChanges: crawlerParameters.map((parameter) => `parameters["${parameter}"]`) },
        }),
    );

    const role = new ServiceRole(this, 'crawler-role', {
      environment,
      purpose: 'crawler',
      service: 'glue.amazonaws.com',
      statements: crawlerStatements({ environment, feeds, database: database.name, kmsKeyArn }),
    });
    const log = new LogGroup(this, 'crawler-log', {
      environment,
      keyArn: kmsKeyArn,
      // Crawlers with a security configuration write to this log group.
      name: `/aws-glue/crawlers-role/${prefix}-crawler-${securityConfiguration}`,
    });
    new GlueCrawler(this, 'crawler', {
      name: `${prefix}-crawler`,
      description:
        'Adds the partition of each new owner. Runs on a schedule, not per upload: Glue bills at least ten minutes.',
      role: role.arn,
      databaseName: database.name,
      schedule: environment.load.crawlerSchedule,
      securityConfiguration,
      // The targets are existing tables, so the crawler creates no table. LOG prevents the crawler from changing columns.
      catalogTarget: [{ databaseName: database.name, tables: tables.map((table) => table.name) }],
      schemaChangePolicy: { updateBehavior: 'LOG', deleteBehavior: 'LOG' },
      configuration: JSON.stringify({
        Version: 1,
        CrawlerOutput: { Partitions: { AddOrUpdateBehavior: 'InheritFromTable' } },
      }),
      dependsOn: [role.policy, log],
    });
  }
}

interface CrawlerScope extends Pick<CatalogProps, 'environment' | 'feeds' | 'kmsKeyArn'> {
  readonly database: string;
}

function crawlerStatements({ environment, feeds, database, kmsKeyArn }: CrawlerScope): Statement[] {
  const { prefix, uploadsBucket } = namesOf(environment);
  const { regional, bucket } = arns(environment);
  const uploads = bucket(uploadsBucket);
  const folders = feeds.map(objectPrefix);
  return [
    {
      sid: 'ReadCsvs',
      actions: ['s3:GetObject'],
      resources: folders.map((folder) => `${uploads}/${folder}*`),
    },
    {
      sid: 'ListCsvs',
      actions: ['s3:ListBucket'],
      resources: [uploads],
      conditions: { StringLike: { 's3:prefix': folders.map((folder) => `${folder}*`) } },
    },
    { sid: 'LocateBucket', actions: ['s3:GetBucketLocation'], resources: [uploads] },
    { sid: 'UseKey', actions: ['kms:Decrypt'], resources: [kmsKeyArn] },
    {
      sid: 'AddPartitions',
      actions: [
        'glue:GetDatabase',
        'glue:GetTable',
        'glue:GetTables',
        'glue:UpdateTable',
        'glue:GetPartition',
        'glue:GetPartitions',
        'glue:BatchGetPartition',
        'glue:CreatePartition',
        'glue:BatchCreatePartition',
        'glue:UpdatePartition',
        'glue:BatchUpdatePartition',
      ],
      resources: ['catalog', `database/${database}`, `table/${database}/*`].map((name) => regional('glue', name)),
    },
    {
      sid: 'WriteLog',
      actions: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents', 'logs:AssociateKmsKey'],
      resources: [regional('logs', `log-group:/aws-glue/crawlers-role/${prefix}-crawler-*`)],
    },
  ];
}
