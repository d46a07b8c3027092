/** Tests the operations page in a browser, against the whole local stack. */
import { describeOnOneStack } from './on-one-stack.ts';
import { operatorStory } from './operations/operator.story.ts';

describeOnOneStack('operations', operatorStory);
