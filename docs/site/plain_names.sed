# What Doxygen reads: without the namespace that all names share, which the pages name once.
/^namespace gigaspot::inline GIGASPOT_ABI {$/d
/^}  \/\/ namespace gigaspot::inline GIGASPOT_ABI$/d
s/^namespace gigaspot::inline GIGASPOT_ABI::/namespace /
s/gigaspot:://g
# It finds no namespace for a specialisation of another one.
s/^struct std::hash<.*> {/struct Hash {/
