import {
  IconArrowsExchange,
  IconBuildingBank,
  IconCalendarStats,
  IconChartHistogram,
  IconChecklist,
  IconCoins,
  IconMap2,
  IconPigMoney,
  IconShoppingCart,
} from '@tabler/icons-react';

const icons: Readonly<Record<string, typeof IconMap2>> = {
  'cash-flow': IconArrowsExchange,
  spending: IconShoppingCart,
  budget: IconPigMoney,
  income: IconCoins,
  accounts: IconBuildingBank,
  places: IconMap2,
  patterns: IconCalendarStats,
  'data-quality': IconChecklist,
};

/** Returns the icon of a dashboard, or a chart for an unknown one. */
export function getDashboardIcon(id: string): typeof IconMap2 {
  return icons[id] ?? IconChartHistogram;
}
