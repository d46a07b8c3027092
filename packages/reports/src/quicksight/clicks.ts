/** Drills that open another visual. A click sets the parameters that narrow the other visual, and shows its sheet. */
import type { SetParameterValueConfiguration, VisualCustomAction } from '@aws-sdk/client-quicksight';
import type { Visual } from '../model.ts';
import { dimensionsOf } from '../parts.ts';
import { drilledTo, sheetOf } from './drills.ts';
import { fieldId } from './fields.ts';
import { narrowingOf, parameterOfDrill, periodParameters } from './parameters.ts';

/** Returns the click action of a visual's drill, or an empty object if the visual has no drill. */
export function clickOf(visual: Visual): { Actions?: VisualCustomAction[] } {
  const finer = drilledTo(visual);
  if (finer === undefined) return {};
  return {
    Actions: [
      {
        CustomActionId: `${visual.id}-click`,
        Name: `Show ${finer.title.toLowerCase()}`,
        Status: 'ENABLED',
        Trigger: 'DATA_POINT_CLICK',
        ActionOperations: [
          { NavigationOperation: { LocalNavigationConfiguration: { TargetSheetId: sheetOf(finer) } } },
          { SetParametersOperation: { ParameterValueConfigurations: parametersSetBy(visual, finer) } },
        ],
      },
    ],
  };
}

/**
 * Returns the parameters that a click on a mark sets: the values of the mark, and the period of the mark's month.
 * Parameters that an earlier click may have set are reset to "all".
 */
function parametersSetBy(visual: Visual, finer: Visual): SetParameterValueConfiguration[] {
  const dimensions = dimensionsOf(visual);
  const fromMark = (visual.drill?.by ?? []).flatMap(({ from, column }) => {
    const parameter = parameterOfDrill(finer, column);
    const isDimension = dimensions.some((dimension) => dimension.column === from);
    return parameter === undefined || !isDimension ? [] : [{ name: parameter.name, from }];
  });
  const month = visual.drill?.month ?? dimensions.find(({ format }) => format === 'date')?.column;
  const period = month === undefined ? [] : Object.values(periodParameters).map((name) => ({ name, from: month }));
  // Parameters that also narrow the coarser visual keep their values. So do parameters that only readers set.
  const kept = new Set([...narrowingOf(visual).map(({ parameter }) => parameter.name)]);
  const setting = new Set(fromMark.map(({ name }) => name));
  const everything = narrowingOf(finer)
    .map(({ parameter }) => parameter)
    .filter(({ name, several }) => several && !setting.has(name) && !kept.has(name));
  return [
    ...[...fromMark, ...period].map(({ name, from }) => ({
      DestinationParameterName: name,
      Value: { SourceField: fieldId(visual, from) },
    })),
    ...everything.map(({ name }) => ({
      DestinationParameterName: name,
      Value: { SelectAllValueOptions: 'ALL_VALUES' as const },
    })),
  ];
}
