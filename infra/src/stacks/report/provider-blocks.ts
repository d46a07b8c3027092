// Generated from the schema of hashicorp/aws 5.100.0 by `node infra/src/stacks/report/generate-provider-blocks.ts`; do not edit.
import type { BlockType } from './to-blocks.ts';

/** The blocks that definition and theme use, by their names; one of another shape has a number. */
export const blocks: Readonly<Record<string, BlockType>> = {
  action_operations: {
    attributes: {},
    blocks: { navigation_operation: 'navigation_operation', set_parameters_operation: 'set_parameters_operation' },
  },
  actions: {
    attributes: { custom_action_id: 'string', name: 'string', status: 'string', trigger: 'string' },
    blocks: { action_operations: 'action_operations' },
  },
  aggregation_function: { attributes: { simple_numerical_aggregation: 'string' }, blocks: {} },
  bar_chart_aggregated_field_wells: {
    attributes: {},
    blocks: { category: 'category', values: 'values', colors: 'colors' },
  },
  bar_chart_visual: {
    attributes: { visual_id: 'string' },
    blocks: {
      title: 'title',
      subtitle: 'subtitle',
      actions: 'actions',
      chart_configuration: 'chart_configuration_2',
      column_hierarchies: 'column_hierarchies',
    },
  },
  border: { attributes: { show: 'bool' }, blocks: {} },
  calculated_fields: {
    attributes: { data_set_identifier: 'string', expression: 'string', name: 'string' },
    blocks: {},
  },
  canvas_size_options: { attributes: {}, blocks: { screen_canvas_size_options: 'screen_canvas_size_options' } },
  categorical_dimension_field: {
    attributes: { field_id: 'string', hierarchy_id: 'string' },
    blocks: { column: 'column' },
  },
  category: {
    attributes: {},
    blocks: {
      date_dimension_field: 'date_dimension_field',
      categorical_dimension_field: 'categorical_dimension_field',
    },
  },
  category_filter: {
    attributes: { filter_id: 'string' },
    blocks: { column: 'column', configuration: 'configuration_3' },
  },
  category_items_limit: { attributes: { items_limit: 'number', other_categories: 'string' }, blocks: {} },
  category_sort: { attributes: {}, blocks: { field_sort: 'field_sort' } },
  chart_configuration: {
    attributes: {},
    blocks: { field_wells: 'field_wells', kpi_options: 'kpi_options', sort_configuration: 'sort_configuration' },
  },
  chart_configuration_2: {
    attributes: { bars_arrangement: 'string', orientation: 'string' },
    blocks: { field_wells: 'field_wells_2', sort_configuration: 'sort_configuration_2' },
  },
  chart_configuration_3: {
    attributes: { type: 'string' },
    blocks: { field_wells: 'field_wells_3', sort_configuration: 'sort_configuration_3' },
  },
  chart_configuration_4: { attributes: {}, blocks: { field_wells: 'field_wells_4', total_options: 'total_options' } },
  chart_configuration_5: { attributes: {}, blocks: { field_wells: 'field_wells_5' } },
  chart_configuration_6: { attributes: {}, blocks: { field_wells: 'field_wells_6' } },
  chart_configuration_7: {
    attributes: {},
    blocks: { field_wells: 'field_wells_7', sort_configuration: 'sort_configuration_4' },
  },
  chart_configuration_8: {
    attributes: {},
    blocks: { field_wells: 'field_wells_8', sort_configuration: 'sort_configuration_5' },
  },
  colors: { attributes: {}, blocks: { categorical_dimension_field: 'categorical_dimension_field' } },
  column: { attributes: { column_name: 'string', data_set_identifier: 'string' }, blocks: {} },
  column_hierarchies: { attributes: {}, blocks: { explicit_hierarchy: 'explicit_hierarchy' } },
  column_total_options: {
    attributes: { custom_label: 'string', placement: 'string', scroll_status: 'string', totals_visibility: 'string' },
    blocks: {},
  },
  columns: { attributes: { column_name: 'string', data_set_identifier: 'string' }, blocks: {} },
  columns_2: { attributes: {}, blocks: { date_dimension_field: 'date_dimension_field' } },
  comparison: { attributes: { comparison_method: 'string' }, blocks: {} },
  configuration: { attributes: {}, blocks: { grid_layout: 'grid_layout' } },
  configuration_2: { attributes: {}, blocks: { grid_layout: 'grid_layout' } },
  configuration_3: {
    attributes: {},
    blocks: {
      custom_filter_configuration: 'custom_filter_configuration',
      filter_list_configuration: 'filter_list_configuration',
    },
  },
  custom_filter_configuration: {
    attributes: {
      category_value: 'string',
      match_operator: 'string',
      null_option: 'string',
      parameter_name: 'string',
      select_all_options: 'string',
    },
    blocks: {},
  },
  data_color_palette: {
    attributes: { colors: 'list(string)', empty_fill_color: 'string', min_max_gradient: 'list(string)' },
    blocks: {},
  },
  data_set_identifiers_declarations: { attributes: { data_set_arn: 'string', identifier: 'string' }, blocks: {} },
  date_dimension_field: {
    attributes: { date_granularity: 'string', field_id: 'string', hierarchy_id: 'string' },
    blocks: { column: 'column', format_configuration: 'format_configuration_2' },
  },
  date_time_format_configuration: { attributes: { date_time_format: 'string' }, blocks: {} },
  date_time_parameter_declaration: {
    attributes: { name: 'string', time_granularity: 'string' },
    blocks: { default_values: 'default_values_2' },
  },
  date_time_picker: {
    attributes: { parameter_control_id: 'string', source_parameter_name: 'string', title: 'string' },
    blocks: { display_options: 'display_options' },
  },
  decimal_places_configuration: { attributes: { decimal_places: 'number' }, blocks: {} },
  default_values: { attributes: { static_values: 'list(string)' }, blocks: {} },
  default_values_2: { attributes: { static_values: 'list(string)' }, blocks: { rolling_date: 'rolling_date' } },
  definition: {
    attributes: {},
    blocks: {
      data_set_identifiers_declarations: 'data_set_identifiers_declarations',
      sheets: 'sheets',
      calculated_fields: 'calculated_fields',
      parameter_declarations: 'parameter_declarations',
      filter_groups: 'filter_groups',
    },
  },
  display_options: { attributes: { date_time_format: 'string' }, blocks: {} },
  dropdown: {
    attributes: { parameter_control_id: 'string', source_parameter_name: 'string', title: 'string', type: 'string' },
    blocks: { selectable_values: 'selectable_values' },
  },
  elements: {
    attributes: {
      column_index: 'string',
      column_span: 'number',
      element_id: 'string',
      element_type: 'string',
      row_index: 'string',
      row_span: 'number',
    },
    blocks: {},
  },
  explicit_hierarchy: { attributes: { hierarchy_id: 'string' }, blocks: { columns: 'columns' } },
  field_sort: { attributes: { direction: 'string', field_id: 'string' }, blocks: {} },
  field_wells: { attributes: {}, blocks: { values: 'values', trend_groups: 'trend_groups' } },
  field_wells_2: { attributes: {}, blocks: { bar_chart_aggregated_field_wells: 'bar_chart_aggregated_field_wells' } },
  field_wells_3: { attributes: {}, blocks: { line_chart_aggregated_field_wells: 'line_chart_aggregated_field_wells' } },
  field_wells_4: {
    attributes: {},
    blocks: { pivot_table_aggregated_field_wells: 'pivot_table_aggregated_field_wells' },
  },
  field_wells_5: { attributes: {}, blocks: { filled_map_aggregated_field_wells: 'filled_map_aggregated_field_wells' } },
  field_wells_6: {
    attributes: {},
    blocks: { geospatial_map_aggregated_field_wells: 'geospatial_map_aggregated_field_wells' },
  },
  field_wells_7: { attributes: {}, blocks: { heat_map_aggregated_field_wells: 'heat_map_aggregated_field_wells' } },
  field_wells_8: { attributes: {}, blocks: { table_unaggregated_field_wells: 'table_unaggregated_field_wells' } },
  filled_map_aggregated_field_wells: { attributes: {}, blocks: { geospatial: 'geospatial', values: 'values' } },
  filled_map_visual: {
    attributes: { visual_id: 'string' },
    blocks: { title: 'title', subtitle: 'subtitle', actions: 'actions', chart_configuration: 'chart_configuration_5' },
  },
  filter_groups: {
    attributes: { cross_dataset: 'string', filter_group_id: 'string', status: 'string' },
    blocks: { filters: 'filters', scope_configuration: 'scope_configuration' },
  },
  filter_list_configuration: {
    attributes: { category_values: 'list(string)', match_operator: 'string', select_all_options: 'string' },
    blocks: {},
  },
  filters: { attributes: {}, blocks: { category_filter: 'category_filter', time_range_filter: 'time_range_filter' } },
  format_configuration: { attributes: {}, blocks: { numeric_format_configuration: 'numeric_format_configuration' } },
  format_configuration_2: { attributes: { date_time_format: 'string' }, blocks: {} },
  format_configuration_3: {
    attributes: {},
    blocks: {
      date_time_format_configuration: 'date_time_format_configuration',
      number_format_configuration: 'number_format_configuration',
    },
  },
  format_text: { attributes: { plain_text: 'string', rich_text: 'string' }, blocks: {} },
  geospatial: { attributes: {}, blocks: { categorical_dimension_field: 'categorical_dimension_field' } },
  geospatial_map_aggregated_field_wells: { attributes: {}, blocks: { geospatial: 'geospatial', values: 'values' } },
  geospatial_map_visual: {
    attributes: { visual_id: 'string' },
    blocks: { title: 'title', subtitle: 'subtitle', actions: 'actions', chart_configuration: 'chart_configuration_6' },
  },
  grid_layout: { attributes: {}, blocks: { elements: 'elements', canvas_size_options: 'canvas_size_options' } },
  gutter: { attributes: { show: 'bool' }, blocks: {} },
  heat_map_aggregated_field_wells: { attributes: {}, blocks: { rows: 'rows', columns: 'columns_2', values: 'values' } },
  heat_map_column_sort: { attributes: {}, blocks: { field_sort: 'field_sort' } },
  heat_map_row_sort: { attributes: {}, blocks: { field_sort: 'field_sort' } },
  heat_map_visual: {
    attributes: { visual_id: 'string' },
    blocks: {
      title: 'title',
      subtitle: 'subtitle',
      actions: 'actions',
      chart_configuration: 'chart_configuration_7',
      column_hierarchies: 'column_hierarchies',
    },
  },
  kpi_options: {
    attributes: { primary_value_display_type: 'string' },
    blocks: { comparison: 'comparison', sparkline: 'sparkline', trend_arrows: 'trend_arrows' },
  },
  kpi_visual: {
    attributes: { visual_id: 'string' },
    blocks: { title: 'title', subtitle: 'subtitle', chart_configuration: 'chart_configuration' },
  },
  layouts: { attributes: {}, blocks: { configuration: 'configuration' } },
  line_chart_aggregated_field_wells: {
    attributes: {},
    blocks: { category: 'category', values: 'values', colors: 'colors' },
  },
  line_chart_visual: {
    attributes: { visual_id: 'string' },
    blocks: { title: 'title', subtitle: 'subtitle', chart_configuration: 'chart_configuration_3' },
  },
  link_to_data_set_column: { attributes: { column_name: 'string', data_set_identifier: 'string' }, blocks: {} },
  local_navigation_configuration: { attributes: { target_sheet_id: 'string' }, blocks: {} },
  margin: { attributes: { show: 'bool' }, blocks: {} },
  navigation_operation: {
    attributes: {},
    blocks: { local_navigation_configuration: 'local_navigation_configuration' },
  },
  negative_value_configuration: { attributes: { display_mode: 'string' }, blocks: {} },
  number_display_format_configuration: {
    attributes: { number_scale: 'string', prefix: 'string', suffix: 'string' },
    blocks: {
      separator_configuration: 'separator_configuration',
      decimal_places_configuration: 'decimal_places_configuration',
      negative_value_configuration: 'negative_value_configuration',
    },
  },
  number_format_configuration: {
    attributes: {},
    blocks: { numeric_format_configuration: 'numeric_format_configuration' },
  },
  numeric_format_configuration: {
    attributes: {},
    blocks: {
      number_display_format_configuration: 'number_display_format_configuration',
      percentage_display_format_configuration: 'percentage_display_format_configuration',
    },
  },
  numerical_dimension_field: {
    attributes: { field_id: 'string', hierarchy_id: 'string' },
    blocks: { column: 'column' },
  },
  numerical_measure_field: {
    attributes: { field_id: 'string' },
    blocks: {
      format_configuration: 'format_configuration',
      column: 'column',
      aggregation_function: 'aggregation_function',
    },
  },
  parameter_controls: { attributes: {}, blocks: { dropdown: 'dropdown', date_time_picker: 'date_time_picker' } },
  parameter_declarations: {
    attributes: {},
    blocks: {
      string_parameter_declaration: 'string_parameter_declaration',
      date_time_parameter_declaration: 'date_time_parameter_declaration',
    },
  },
  parameter_value_configurations: { attributes: { destination_parameter_name: 'string' }, blocks: { value: 'value' } },
  percentage_display_format_configuration: {
    attributes: { prefix: 'string', suffix: 'string' },
    blocks: {
      separator_configuration: 'separator_configuration',
      decimal_places_configuration: 'decimal_places_configuration',
      negative_value_configuration: 'negative_value_configuration',
    },
  },
  pivot_table_aggregated_field_wells: {
    attributes: {},
    blocks: { rows: 'rows', columns: 'columns_2', values: 'values' },
  },
  pivot_table_visual: {
    attributes: { visual_id: 'string' },
    blocks: { title: 'title', subtitle: 'subtitle', chart_configuration: 'chart_configuration_4', actions: 'actions' },
  },
  range_maximum_value: { attributes: { parameter: 'string', static_value: 'string' }, blocks: {} },
  range_minimum_value: { attributes: { parameter: 'string', static_value: 'string' }, blocks: {} },
  rolling_date: { attributes: { data_set_identifier: 'string', expression: 'string' }, blocks: {} },
  row_sort: { attributes: {}, blocks: { field_sort: 'field_sort' } },
  row_total_options: {
    attributes: { custom_label: 'string', placement: 'string', scroll_status: 'string', totals_visibility: 'string' },
    blocks: {},
  },
  rows: {
    attributes: {},
    blocks: {
      categorical_dimension_field: 'categorical_dimension_field',
      numerical_dimension_field: 'numerical_dimension_field',
    },
  },
  scope_configuration: { attributes: {}, blocks: { selected_sheets: 'selected_sheets' } },
  screen_canvas_size_options: {
    attributes: { optimized_view_port_width: 'string', resize_option: 'string' },
    blocks: {},
  },
  selectable_values: {
    attributes: { values: 'list(string)' },
    blocks: { link_to_data_set_column: 'link_to_data_set_column' },
  },
  selected_sheets: {
    attributes: {},
    blocks: { sheet_visual_scoping_configurations: 'sheet_visual_scoping_configurations' },
  },
  separator_configuration: {
    attributes: { decimal_separator: 'string' },
    blocks: { thousands_separator: 'thousands_separator' },
  },
  set_parameters_operation: {
    attributes: {},
    blocks: { parameter_value_configurations: 'parameter_value_configurations' },
  },
  sheet: { attributes: {}, blocks: { tile: 'tile', tile_layout: 'tile_layout' } },
  sheet_control_layouts: { attributes: {}, blocks: { configuration: 'configuration_2' } },
  sheet_visual_scoping_configurations: {
    attributes: { scope: 'string', sheet_id: 'string', visual_ids: 'set(string)' },
    blocks: {},
  },
  sheets: {
    attributes: { content_type: 'string', description: 'string', name: 'string', sheet_id: 'string', title: 'string' },
    blocks: {
      visuals: 'visuals',
      parameter_controls: 'parameter_controls',
      layouts: 'layouts',
      sheet_control_layouts: 'sheet_control_layouts',
    },
  },
  sort_configuration: { attributes: {}, blocks: { trend_group_sort: 'trend_group_sort' } },
  sort_configuration_2: {
    attributes: {},
    blocks: { category_sort: 'category_sort', category_items_limit: 'category_items_limit' },
  },
  sort_configuration_3: { attributes: {}, blocks: { category_sort: 'category_sort' } },
  sort_configuration_4: {
    attributes: {},
    blocks: { heat_map_row_sort: 'heat_map_row_sort', heat_map_column_sort: 'heat_map_column_sort' },
  },
  sort_configuration_5: { attributes: {}, blocks: { row_sort: 'row_sort' } },
  sparkline: {
    attributes: { color: 'string', tooltip_visibility: 'string', type: 'string', visibility: 'string' },
    blocks: {},
  },
  string_parameter_declaration: {
    attributes: { name: 'string', parameter_value_type: 'string' },
    blocks: { values_when_unset: 'values_when_unset', default_values: 'default_values' },
  },
  subtitle: { attributes: { visibility: 'string' }, blocks: { format_text: 'format_text' } },
  table_unaggregated_field_wells: { attributes: {}, blocks: { values: 'values_2' } },
  table_visual: {
    attributes: { visual_id: 'string' },
    blocks: { title: 'title', subtitle: 'subtitle', chart_configuration: 'chart_configuration_8' },
  },
  theme: {
    attributes: {},
    blocks: { data_color_palette: 'data_color_palette', ui_color_palette: 'ui_color_palette', sheet: 'sheet' },
  },
  thousands_separator: { attributes: { symbol: 'string', visibility: 'string' }, blocks: {} },
  tile: { attributes: {}, blocks: { border: 'border' } },
  tile_layout: { attributes: {}, blocks: { gutter: 'gutter', margin: 'margin' } },
  time_range_filter: {
    attributes: {
      filter_id: 'string',
      include_maximum: 'bool',
      include_minimum: 'bool',
      null_option: 'string',
      time_granularity: 'string',
    },
    blocks: {
      column: 'column',
      range_minimum_value: 'range_minimum_value',
      range_maximum_value: 'range_maximum_value',
    },
  },
  title: { attributes: { visibility: 'string' }, blocks: { format_text: 'format_text' } },
  total_options: {
    attributes: {},
    blocks: { row_total_options: 'row_total_options', column_total_options: 'column_total_options' },
  },
  trend_arrows: { attributes: { visibility: 'string' }, blocks: {} },
  trend_group_sort: { attributes: {}, blocks: { field_sort: 'field_sort' } },
  trend_groups: { attributes: {}, blocks: { date_dimension_field: 'date_dimension_field' } },
  ui_color_palette: {
    attributes: {
      accent: 'string',
      accent_foreground: 'string',
      danger: 'string',
      danger_foreground: 'string',
      dimension: 'string',
      dimension_foreground: 'string',
      measure: 'string',
      measure_foreground: 'string',
      primary_background: 'string',
      primary_foreground: 'string',
      secondary_background: 'string',
      secondary_foreground: 'string',
      success: 'string',
      success_foreground: 'string',
      warning: 'string',
      warning_foreground: 'string',
    },
    blocks: {},
  },
  value: {
    attributes: { select_all_value_options: 'string', source_field: 'string', source_parameter_name: 'string' },
    blocks: {},
  },
  values: { attributes: {}, blocks: { numerical_measure_field: 'numerical_measure_field' } },
  values_2: {
    attributes: { field_id: 'string' },
    blocks: { column: 'column', format_configuration: 'format_configuration_3' },
  },
  values_when_unset: { attributes: { custom_value: 'string', value_when_unset_option: 'string' }, blocks: {} },
  visuals: {
    attributes: {},
    blocks: {
      kpi_visual: 'kpi_visual',
      bar_chart_visual: 'bar_chart_visual',
      line_chart_visual: 'line_chart_visual',
      pivot_table_visual: 'pivot_table_visual',
      filled_map_visual: 'filled_map_visual',
      geospatial_map_visual: 'geospatial_map_visual',
      heat_map_visual: 'heat_map_visual',
      table_visual: 'table_visual',
    },
  },
};
