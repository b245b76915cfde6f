// The address after the # is the one truth about where one is, so back and forward work by themselves.
import { href, routeAt, type Route } from './routes';

let current = $state.raw<Route>(routeAt(location.hash));
window.addEventListener('hashchange', () => (current = routeAt(location.hash)));

/** Where one is. */
export function route(): Route {
  return current;
}

/** Goes to a screen: go('finding', { id }). */
export const go: (...to: Parameters<typeof href>) => void = (...to) => {
  location.hash = href(...to);
};

/** Goes to a screen without leaving the present one in the history, as when a new record gets its id. */
export const goInstead: (...to: Parameters<typeof href>) => void = (...to) => {
  location.replace(href(...to));
};
