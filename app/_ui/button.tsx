import NextLink from "next/link";
import type { ComponentProps } from "react";
import { classes } from "./classes.ts";

type ButtonVariant = "primary" | "secondary" | "quiet" | "danger";
type Look = { variant?: ButtonVariant; size?: keyof typeof SIZES };

const SIZES = {
  normal: "min-h-10 px-4 py-1.5 pointer-coarse:min-h-11",
  small: "min-h-8 px-2.5 py-1 text-sm pointer-coarse:min-h-11 pointer-coarse:px-3",
  /** An icon alone; the button has an `aria-label`. */
  icon: "size-10 shrink-0 pointer-coarse:size-11",
};

const VARIANTS: Record<ButtonVariant, string> = {
  primary: "bg-accent text-on-accent hover:bg-accent-strong",
  secondary: "border border-edge bg-surface text-ink hover:bg-sunken",
  quiet: "text-accent hover:bg-accent-soft",
  danger: "border border-danger bg-surface text-danger hover:bg-danger-soft",
};

function buttonLook({ variant = "secondary", size = "normal" }: Look = {}): string {
  return classes(
    "inline-flex items-center justify-center gap-2 rounded-box font-medium whitespace-nowrap transition-colors",
    "disabled:opacity-60 aria-disabled:opacity-60",
    SIZES[size],
    VARIANTS[variant],
  );
}

/**
 * A button that says what it does. `busy` keeps its place, its focus and its words while something runs, and swallows further clicks: a
 * disabled button would throw the focus away.
 */
export function Button({
  variant,
  size,
  busy = false,
  className,
  onClick,
  ...rest
}: ComponentProps<"button"> & Look & { busy?: boolean }) {
  return (
    <button
      type="button"
      aria-disabled={busy ? true : undefined}
      aria-busy={busy ? true : undefined}
      className={classes(buttonLook(look(variant, size)), className)}
      onClick={(event) => {
        if (busy) {
          event.preventDefault();
          return;
        }
        onClick?.(event);
      }}
      {...rest}
    />
  );
}

/** A link that looks like a button: it goes somewhere, it does nothing. */
export function LinkButton({ variant, size, className, ...rest }: ComponentProps<typeof NextLink> & Look) {
  return <NextLink className={classes(buttonLook(look(variant, size)), className)} {...rest} />;
}

const TEXT_LINK = "rounded-box font-medium text-accent underline underline-offset-2 hover:text-accent-strong";

/** A link in running text. */
export function TextLink({ className, ...rest }: ComponentProps<typeof NextLink>) {
  return <NextLink className={classes(TEXT_LINK, className)} {...rest} />;
}

/** A link in running text to what is no page of ours: a file. */
export function FileLink({ className, ...rest }: ComponentProps<"a">) {
  return <a className={classes(TEXT_LINK, className)} {...rest} />;
}

function look(variant: ButtonVariant | undefined, size: Look["size"]): Look {
  return { ...(variant === undefined ? {} : { variant }), ...(size === undefined ? {} : { size }) };
}
