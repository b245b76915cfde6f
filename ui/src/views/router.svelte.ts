// The address after the # is the one truth about where one is, so back and forward work by themselves.
import { href, routeAt, type Route, type ScreenName } from './routes';

let current = $state.raw<Route>(routeAt(location.hash));
window.addEventListener('hashchange', () => (current = routeAt(location.hash)));

/** Where one is. */
export function route(): Route {
  return current;
}

/** Goes to a screen: go('finding', { id }). */
export function go<Name extends ScreenName>(...to: Parameters<typeof href<Name>>): void {
  location.hash = href<Name>(...to);
}

/** Goes to a screen without leaving the present one in the history, as when a new record gets its id. */
export function goInstead<Name extends ScreenName>(...to: Parameters<typeof href<Name>>): void {
  location.replace(href<Name>(...to));
}
