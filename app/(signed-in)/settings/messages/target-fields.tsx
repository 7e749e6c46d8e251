"use client";

import type { Form } from "../../../_client/use-form.ts";
import { Button } from "../../../_ui/button.tsx";
import { Field, Input, Select } from "../../../_ui/field.tsx";
import type { ChannelValues } from "./channel-form.ts";
import { newKey, portFor } from "./channel-form.ts";

type Key = "host" | "port" | "user" | "from" | "to" | "url" | "server" | "topic" | "secret";
type Props = { form: Form<ChannelValues>; keepsSecret: boolean };

/** The fields of a place, by its kind. */
export function TargetFields(props: Props) {
  const { kind } = props.form.values;
  if (kind === "email") return <EmailFields {...props} />;
  return kind === "webhook" ? <WebhookFields {...props} /> : <NtfyFields {...props} />;
}

function EmailFields({ form, keepsSecret }: Props) {
  const { text, error } = fieldsOf(form);
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-[1fr_auto_6rem]">
        <Field label="Mail server" hint="For sending (SMTP)." error={error("host")}>
          <Input {...text("host")} placeholder="smtp.example.com" />
        </Field>
        <Field label="Encryption" hint="As your provider says.">
          <Select
            value={form.values.encryption}
            onChange={(event) => {
              const encryption = event.target.value as ChannelValues["encryption"];
              form.set("encryption", encryption);
              form.set("port", portFor(encryption, form.values.port), "channel.target.port");
            }}
          >
            <option value="starttls">STARTTLS</option>
            <option value="tls">TLS</option>
            <option value="none">none (own network only)</option>
          </Select>
        </Field>
        <Field label="Port" hint="587 or 465." error={error("port")}>
          <Input {...text("port")} inputMode="numeric" />
        </Field>
      </div>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="User name" optional hint="Often the mail address." error={error("user")}>
          <Input {...text("user")} />
        </Field>
        <Field
          label="Password"
          optional={form.values.user.trim() === ""}
          hint={kept(keepsSecret, "Often one made for programs.")}
          error={form.errorOf("secret")}
        >
          <Input {...text("secret")} type="password" autoComplete="new-password" />
        </Field>
        <Field label="From" hint="An address that you may send from." error={error("from")}>
          <Input {...text("from")} inputMode="email" />
        </Field>
        <Field label="To" hint="Several are separated by commas." error={error("to") ?? firstError(form, "channel.target.to")}>
          <Input {...text("to")} inputMode="email" />
        </Field>
      </div>
    </>
  );
}

function WebhookFields({ form, keepsSecret }: Props) {
  const { text, error } = fieldsOf(form);
  return (
    <>
      <Field label="Address" hint="Where your program listens: https://…" error={error("url")}>
        <Input {...text("url")} inputMode="url" />
      </Field>
      <div className="flex items-end gap-2">
        <Field
          label="Key"
          className="flex-1"
          hint={kept(keepsSecret, "Your program checks by it that a message is from here. It is shown only until you save.")}
          error={form.errorOf("secret")}
        >
          <Input {...text("secret")} className="font-mono" />
        </Field>
        <Button
          onClick={() => {
            form.set("secret", newKey());
          }}
        >
          Make one
        </Button>
      </div>
    </>
  );
}

function NtfyFields({ form, keepsSecret }: Props) {
  const { text, error } = fieldsOf(form);
  return (
    <>
      <Field label="Server" error={error("server")}>
        <Input {...text("server")} inputMode="url" />
      </Field>
      <Field
        label="Topic"
        hint="On ntfy.sh, whoever knows its name can read it: choose one that nobody guesses."
        error={error("topic")}
      >
        <Input {...text("topic")} />
      </Field>
      <Field
        label="Access token"
        optional
        hint={kept(keepsSecret, "If the topic is protected: tk_…")}
        error={form.errorOf("secret")}
      >
        <Input {...text("secret")} type="password" autoComplete="new-password" />
      </Field>
    </>
  );
}

function fieldsOf(form: Form<ChannelValues>) {
  const path = (key: Key) => (key === "secret" ? key : `channel.target.${key}`);
  return {
    text: (key: Key) => ({
      name: `channel-${key}`,
      autoComplete: "off",
      autoCapitalize: "none",
      spellCheck: false,
      value: form.values[key],
      onChange: (event: { target: { value: string } }) => {
        form.set(key, event.target.value, path(key));
      },
    }),
    error: (key: Key) => form.errorOf(path(key)),
  };
}

/** Of several addresses in one field, what is wrong with one of them. */
function firstError(form: Form<ChannelValues>, path: string): string | undefined {
  return Array.from({ length: 10 }, (_, index) => form.errorOf(`${path}.${index}`)).find((error) => error !== undefined);
}

function kept(keepsSecret: boolean, otherwise: string): string {
  return keepsSecret ? "Empty keeps the one that is known." : otherwise;
}
