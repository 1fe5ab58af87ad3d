/** The part of Chrome's types that the example needs. `npm install --save-dev @types/chrome` installs all of them. */
interface ChromeEvent<Listener> {
  addListener(listener: Listener): void;
}

interface Port {
  readonly sender?: { readonly origin?: string };
  readonly onMessage: ChromeEvent<(message: unknown) => void>;
  readonly onDisconnect: ChromeEvent<() => void>;
  postMessage(message: unknown): void;
  disconnect(): void;
}

declare const chrome: {
  runtime: { connect(): Port; readonly onConnect: ChromeEvent<(port: Port) => void> };
  storage: {
    local: {
      get(names: string[]): Promise<Record<string, string | undefined>>;
      set(values: Record<string, string>): Promise<void>;
      setAccessLevel(level: { accessLevel: "TRUSTED_CONTEXTS" }): Promise<void>;
    };
  };
  action: { readonly onClicked: ChromeEvent<() => void> };
  tabs: { create(tab: { url: string }): Promise<unknown> };
};
