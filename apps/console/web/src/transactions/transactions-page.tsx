import { Button } from '@mantine/core';
import { IconSearchOff, IconUpload } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { api, readAnswer } from '../api/client.ts';
import { useChoices } from '../dashboards/use-visual.ts';
import { EmptyState } from '../shared/empty-state.tsx';
import { LoadingPanel } from '../shared/loading.tsx';
import { PageHeader } from '../shared/page-header.tsx';
import { ProblemNotice } from '../shared/problem-notice.tsx';
import type { TransactionSearch } from './search.ts';
import { SearchForm } from './search-form.tsx';
import { TransactionList } from './transaction-list.tsx';

const route = getRouteApi('/shell/transactions');

export default function TransactionsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const choices = useChoices();
  const set = (next: TransactionSearch) => void navigate({ search: next, replace: true, resetScroll: false });
  return (
    <>
      <PageHeader
        title="Transactions"
        description="All your income and expenses, newest first, each with its row in your file."
      />
      <SearchForm search={search} choices={choices.data} onSearch={set} />
      <Found search={search} onClear={() => set({})} />
    </>
  );
}

function Found({ search, onClear }: { readonly search: TransactionSearch; readonly onClear: () => void }) {
  const pages = useInfiniteQuery({
    queryKey: ['transactions', search],
    queryFn: ({ pageParam, signal }) =>
      readAnswer(
        api.transactions.$get(
          { query: { ...search, limit: '100', ...(pageParam === '' ? {} : { cursor: pageParam }) } },
          { init: { signal } },
        ),
      ),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });
  if (pages.isError) return <ProblemNotice error={pages.error} onRetry={() => void pages.refetch()} />;
  if (pages.isPending) return <LoadingPanel height={560} label="Loading transactions" />;
  const transactions = pages.data.pages.flatMap((page) => page.transactions);
  if (transactions.length === 0) return <Nothing searched={Object.keys(search).length > 0} onClear={onClear} />;
  return (
    <TransactionList
      transactions={transactions}
      hasMore={pages.hasNextPage}
      loadingMore={pages.isFetchingNextPage}
      onMore={() => void pages.fetchNextPage()}
    />
  );
}

function Nothing({ searched, onClear }: { readonly searched: boolean; readonly onClear: () => void }) {
  if (searched)
    return (
      <EmptyState
        icon={<IconSearchOff size={40} stroke={1.5} />}
        title="No transactions match"
        action={
          <Button variant="default" onClick={onClear}>
            Clear search
          </Button>
        }
      >
        Search for part of a name, or remove a filter.
      </EmptyState>
    );
  return (
    <EmptyState
      icon={<IconUpload size={40} stroke={1.5} />}
      title="No transactions yet"
      action={
        <Button component={Link} to="/uploads">
          Upload a statement
        </Button>
      }
    />
  );
}
