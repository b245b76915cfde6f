# Laptops nearby: exchanging records on the office network without a server.

nearby-title = Laptops nearby
nearby-hint = Exchange records on the office network without the internet; whoever reaches the province first hands in for all.
nearby-turn-on = Turn on
nearby-turning-on = Turning on…
nearby-turn-off = Turn off
nearby-off-hint = While it is off this laptop does not announce itself and answers nobody. It stays on until you turn it off or lock Arumbae.
nearby-not-enrolled = This laptop is not enrolled yet
nearby-not-enrolled-hint = Use the invitation from the provincial office first, over the network or by USB. Laptops that are not enrolled are not served.
nearby-own-alias = This laptop’s name on the network
nearby-own-address = Its address
nearby-own-no-address = Not connected to any network
nearby-not-announced = This network cannot spread names
nearby-not-announced-hint = Laptops do not appear in the list by themselves. Type the address shown on the colleague’s screen.

## List
nearby-list = Laptops found
nearby-none = No other laptop can be seen yet
nearby-none-hint = Turn on Laptops nearby on the colleague’s laptop and connect both to the same Wi-Fi. If it still does not appear, type its address.
nearby-unknown = A laptop that is not known yet
nearby-alias = network name { $alias }
nearby-visible = Visible
nearby-not-visible = Not visible
nearby-paired = Paired
nearby-pair = Pair
nearby-calling = Calling…
nearby-exchange = Exchange now
nearby-exchanging = Exchanging…
nearby-forget = Forget
nearby-forget-of = Forget the laptop of { $name }
nearby-forget-title = Forget the laptop of { $name }?
nearby-forget-hint = What was exchanged stays. To exchange again the code is compared once more on both screens.
nearby-forgotten = Pairing forgotten
nearby-never = Never exchanged
nearby-last = Last { $at }: { $given } saves given, { $received } received
nearby-last-segments = { $count } parcels of others passed on
nearby-last-attachments = { $count } attachments complete
nearby-last-conflicts = { $count } new conflicts
nearby-exchanged = Exchanged: { $given } saves given, { $received } received
nearby-address = Address of the colleague’s laptop
nearby-address-hint = As its screen shows it, for example 192.168.1.20:7471.
nearby-call = Call

## Code
nearby-code-title = Compare the code
nearby-code-with = Laptop of { $name }
nearby-code-hint = The same code must be on the colleague’s screen. Look at both together, not by telephone or message.
nearby-code-label = Code
nearby-code-same = The same
nearby-code-different = Different
nearby-code-waiting = Waiting for the colleague to press The same…
nearby-code-agreed = Paired; the laptops can exchange now
nearby-code-stopped = Not paired
