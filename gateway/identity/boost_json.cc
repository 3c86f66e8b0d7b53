// Compiles Boost.JSON itself, which takes long and is therefore in a file of its own.
#include <boost/json/src.hpp>
