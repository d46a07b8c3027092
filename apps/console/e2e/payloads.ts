/** Strings that would run code if the page treated them as markup. */
export const markup = '<img src=x onerror="window.ran=1">';
export const script = '"><script>window.ran=1</script>';

/** Quotes a cell of a CSV. */
export const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
