import { useEffect } from 'preact/hooks';
import type { HomeView } from '../../slack/block-kit/blocks.js';
import type { SeenView } from '../../slack/snapshot.js';
import { Blocks } from '../blocks/blocks.js';
import { PanelContext } from '../blocks/panel.js';
import { usePage } from '../shell/context.js';
import { html, type View } from '../shell/html.js';
import { useInstantPanel } from './instant-panel.js';

/** The app's Home tab; opening it tells the app, which publishes it. */
export function HomeTab(): View {
  const { state, act } = usePage();
  useEffect(() => {
    void act({ do: 'home', tab: 'home' });
  }, [state.me.id]);
  return state.home
    ? html`<${Published} open=${state.home} />`
    : html`<p class="padded muted" role="status">The app is preparing its home…</p>`;
}

function Published({ open }: { open: SeenView<HomeView> }): View {
  const panel = useInstantPanel({ kind: 'view', viewId: open.id }, open.answers);
  return html`<div class="home" tabindex="0" role="tabpanel" aria-label="Home">
    <${PanelContext.Provider} value=${panel}><${Blocks} blocks=${open.view.blocks} /></${PanelContext.Provider}>
  </div>`;
}
