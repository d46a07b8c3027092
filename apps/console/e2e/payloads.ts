/** Would run if any text were taken for markup. */
export const markup = '<img src=x onerror="window.ran=1">';
export const script = '"><script>window.ran=1</script>';

/** A cell of a CSV. */
export const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
