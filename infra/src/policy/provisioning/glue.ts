import { namesOf } from '../../names.ts';
import { arns } from '../arns.ts';
import { type AreaOf, taggingAs } from './area.ts';

/** Returns the rights on the job, its schedule, its connection, and the Data Catalog. */
export const glue: AreaOf = (environment) => {
  const { prefix, catalogDatabase } = namesOf(environment);
  const { regional } = arns(environment);
  const catalog = [
    regional('glue', 'catalog'),
    regional('glue', `database/${catalogDatabase}`),
    regional('glue', `table/${catalogDatabase}/*`),
  ];
  const connections = [regional('glue', 'catalog'), regional('glue', `connection/${prefix}-*`)];
  const runs = ['job', 'trigger', 'crawler'].map((kind) => regional('glue', `${kind}/${prefix}-*`));
  const tagged = [...runs, regional('glue', `connection/${prefix}-*`), regional('glue', `database/${catalogDatabase}`)];
  return {
    name: 'glue',
    types: [
      'aws_glue_catalog_database',
      'aws_glue_catalog_table',
      'aws_glue_connection',
      'aws_glue_crawler',
      'aws_glue_job',
      'aws_glue_security_configuration',
      'aws_glue_trigger',
    ],
    read: [
      {
        sid: 'ReadCatalog',
        actions: ['glue:GetDatabase', 'glue:GetTable', 'glue:GetPartitionIndexes'],
        resources: catalog,
      },
      { sid: 'ReadConnection', actions: ['glue:GetConnection'], resources: connections },
      { sid: 'ReadJob', actions: ['glue:GetCrawler', 'glue:GetJob', 'glue:GetTrigger'], resources: runs },
      { sid: 'ReadTags', actions: ['glue:GetTags'], resources: tagged },
      { sid: 'ReadSecurity', actions: ['glue:GetSecurityConfiguration'], resources: ['*'] },
    ],
    write: [
      {
        sid: 'ChangeCatalog',
        actions: [
          'glue:CreateDatabase',
          'glue:CreateTable',
          'glue:DeleteDatabase',
          'glue:DeleteTable',
          'glue:UpdateDatabase',
          'glue:UpdateTable',
        ],
        // When a database is deleted, Glue also checks the right on `userDefinedFunction`, even if the database has no
        // functions.
        resources: [...catalog, regional('glue', `userDefinedFunction/${catalogDatabase}/*`)],
      },
      {
        sid: 'ChangeConnection',
        actions: ['glue:CreateConnection', 'glue:DeleteConnection', 'glue:UpdateConnection'],
        resources: connections,
      },
      {
        sid: 'ChangeJob',
        actions: [
          'glue:CreateJob',
          'glue:CreateTrigger',
          'glue:DeleteCrawler',
          'glue:DeleteJob',
          'glue:DeleteTrigger',
          'glue:StartTrigger',
          'glue:StopTrigger',
          'glue:UpdateCrawler',
          'glue:UpdateJob',
          'glue:UpdateTrigger',
        ],
        resources: runs,
      },
      { sid: 'TagOwn', actions: ['glue:TagResource', 'glue:UntagResource'], resources: tagged },
      { sid: 'CreateCrawler', actions: ['glue:CreateCrawler'], resources: ['*'], conditions: taggingAs(environment) },
      {
        sid: 'ChangeSecurity',
        actions: ['glue:CreateSecurityConfiguration', 'glue:DeleteSecurityConfiguration'],
        resources: ['*'],
      },
    ],
  };
};
