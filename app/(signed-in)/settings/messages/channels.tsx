"use client";

import { BellRing, ChevronDown } from "lucide-react";
import { useState } from "react";
import { Button } from "../../../_ui/button.tsx";
import { Card } from "../../../_ui/card.tsx";
import { EmptyState } from "../../../_ui/empty-state.tsx";
import { Menu, MenuItem } from "../../../_ui/menu.tsx";
import { ChannelDialog } from "./channel-dialog.tsx";
import type { KnownChannel } from "./channel-form.ts";
import { ChannelTest } from "./channel-test.tsx";
import type { Kind } from "./messages-view.ts";
import { eventsSentence, KINDS, placeOf } from "./messages-view.ts";
import { RemoveChannel } from "./remove-channel.tsx";

type Open = { kind: Kind; known: KnownChannel | null };

/** Where messages go. */
export function Channels({ channels, isOwner }: { channels: readonly KnownChannel[]; isOwner: boolean }) {
  const [open, setOpen] = useState<Open | null>(null);
  const add = isOwner ? (
    <AddMenu
      onChoose={(kind) => {
        setOpen({ kind, known: null });
      }}
    />
  ) : null;
  return (
    <>
      {channels.length === 0 ? (
        <EmptyState icon={BellRing} title="Nobody is told elsewhere" action={add ?? <p>An owner can set this up.</p>}>
          <p>
            Backups and updates go on while you are not looking. FilaOps can tell you, by e-mail, on your phone or to a program of
            yours, when something needs you.
          </p>
        </EmptyState>
      ) : (
        <Card title="Where messages go" action={add}>
          <ul className="divide-y divide-line">
            {channels.map((channel) => (
              <li key={channel.id} className="space-y-2 py-3 first:pt-0 last:pb-0">
                <div>
                  <h3 className="font-semibold wrap-anywhere">{placeOf(channel.target)}</h3>
                  <p className="text-sm text-muted">{KINDS[channel.target.kind].title}</p>
                </div>
                <p>{eventsSentence(channel.events)}</p>
                {isOwner ? (
                  <ChannelTest channel={channel}>
                    <Button
                      size="small"
                      aria-label={`Change ${placeOf(channel.target)}`}
                      onClick={() => {
                        setOpen({ kind: channel.target.kind, known: channel });
                      }}
                    >
                      Change
                    </Button>
                    <RemoveChannel channel={channel} />
                  </ChannelTest>
                ) : null}
              </li>
            ))}
          </ul>
        </Card>
      )}
      {open === null ? null : (
        <ChannelDialog
          {...open}
          onClose={() => {
            setOpen(null);
          }}
        />
      )}
    </>
  );
}

function AddMenu({ onChoose }: { onChoose: (kind: Kind) => void }) {
  return (
    <Menu
      label="What kind of place"
      trigger={
        <Button variant="primary">
          Tell somebody
          <ChevronDown aria-hidden="true" className="size-4" />
        </Button>
      }
    >
      {(Object.keys(KINDS) as Kind[]).map((kind) => (
        <MenuItem
          key={kind}
          onSelect={() => {
            onChoose(kind);
          }}
        >
          {KINDS[kind].title}
        </MenuItem>
      ))}
    </Menu>
  );
}
