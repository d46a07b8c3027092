/** Tests dashboards and transactions in a browser, against the whole local stack. */
import { figuresStory } from './dashboards/figures.story.ts';
import { looksStory } from './dashboards/looks.story.ts';
import { paperStory } from './dashboards/paper.story.ts';
import { payloadsStory } from './dashboards/payloads.story.ts';
import { describeOnOneStack } from './on-one-stack.ts';

describeOnOneStack('dashboards', (setting) => {
  figuresStory(setting);
  looksStory(setting);
  paperStory(setting);
  payloadsStory(setting);
});
