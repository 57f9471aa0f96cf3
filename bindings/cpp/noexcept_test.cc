// All tests of the binding in a program that has neither exceptions nor RTTI. They are one
// translation unit because most of the time goes into the headers, which are compiled once here.
#include "bindings/cpp/cache_test.cc"
#include "bindings/cpp/condition_test.cc"
#include "bindings/cpp/dependencies_test.cc"
#include "bindings/cpp/fetch_test.cc"
#include "bindings/cpp/load_test.cc"
#include "bindings/cpp/result_test.cc"
#include "bindings/cpp/transaction_test.cc"
#include "bindings/cpp/value_test.cc"
