/** The address of the page that was asked for, which a page cannot see by itself. Set by the proxy; what a browser sends is overwritten. */
export const PATH_HEADER = "x-filaops-path";
