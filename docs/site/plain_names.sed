# What Doxygen reads: without the namespaces that all names share, which the pages name once.
/^namespace gigaspot {$/d
/^inline namespace GIGASPOT_ABI {$/d
/^}  \/\/ namespace GIGASPOT_ABI$/d
/^}  \/\/ namespace gigaspot$/d
s/gigaspot:://g
# It finds no namespace for a specialisation of another one.
s/^struct std::hash<.*> {/struct Hash {/
/^template <class T>$/{
N
/enable_borrowed_range/d
}
# Doxygen takes quotes inside a raw string for its end.
s/R"([^)]*)"/""/g
s/^__extension__ typedef/typedef/
