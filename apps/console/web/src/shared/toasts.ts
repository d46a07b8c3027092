import { notifications } from '@mantine/notifications';
import { describeError } from '../api/problem.ts';

export function showToast(message: string): void {
  notifications.show({ message, color: 'spruce', withBorder: true });
}

/** Shows an error that belongs to no part of the page. Other errors are shown next to the part that failed. */
export function showErrorToast(error: unknown): void {
  const { title, detail } = describeError(error);
  notifications.show({ title, message: detail, color: 'red', withBorder: true, autoClose: 10_000 });
}
