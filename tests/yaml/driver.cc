// The yaml serializer as a filter.
#include "plugins/serializers/testing/driver.h"
#include "plugins/serializers/yaml/testing.h"

int main(int argc, char** argv) {
  return coffer::serializers::drive(coffer::yaml::kYaml, argc, argv);
}
