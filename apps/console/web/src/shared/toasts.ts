import { notifications } from '@mantine/notifications';
import { describeError } from '../api/problem.ts';

export function toastDone(message: string): void {
  notifications.show({ message, color: 'spruce', withBorder: true });
}

/** For what has no place of its own on the page; everything else is said beside what it concerns. */
export function toastProblem(error: unknown): void {
  const { title, detail } = describeError(error);
  notifications.show({ title, message: detail, color: 'red', withBorder: true, autoClose: 10_000 });
}
