// The json serializer as a filter.
#include "plugins/serializers/testing/driver.h"
#include "plugins/serializers/json/testing.h"

int main(int argc, char** argv) {
  return coffer::serializers::drive(coffer::json::kJson, argc, argv);
}
