// The msgpack serializer as a filter.
#include "plugins/serializers/testing/driver.h"
#include "plugins/serializers/msgpack/testing.h"

int main(int argc, char** argv) {
  return coffer::serializers::drive(coffer::msgpack::kMsgpack, argc, argv);
}
