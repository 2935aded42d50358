import { Anchor, Button, Menu, NavLink } from '@mantine/core';
import { createLink } from '@tanstack/react-router';

/** A link in text, to a typed address. */
export const TextLink = createLink(Anchor);

/** A link that looks like a button. */
export const ButtonLink = createLink(Button<'a'>);

/** A place in the side bar. */
export const NavItem = createLink(NavLink<'a'>);

/** A link in a menu. */
export const MenuLink = createLink(Menu.Item<'a'>);
