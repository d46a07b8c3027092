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

/** A dashboard that is new to the console has a chart. */
export function getDashboardIcon(id: string): typeof IconMap2 {
  return icons[id] ?? IconChartHistogram;
}
