// The pickle serializer as a filter.
#include "plugins/serializers/testing/driver.h"

#include "plugins/serializers/pickle/testing.h"

int main(int argc, char** argv) {
  return coffer::serializers::drive(coffer::pickle::kPickle, argc, argv);
}
