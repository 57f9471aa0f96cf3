# find_package(Coffer CONFIG) gives:
#   Coffer::coffer             the headers and libcoffer
#   Coffer::plugin_headers     the headers alone
#   coffer_add_plugin(NAME SOURCES...)
#   Coffer_PLUGIN_DIR          the plugins of this installation
get_filename_component(Coffer_ROOT_DIR "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
set(Coffer_PLUGIN_DIR "${Coffer_ROOT_DIR}/lib/coffer")
set(Coffer_PLUGIN_EXPORTS "${CMAKE_CURRENT_LIST_DIR}/plugin.lds")

if(NOT TARGET Coffer::plugin_headers)
  add_library(Coffer::plugin_headers INTERFACE IMPORTED)
  set_target_properties(Coffer::plugin_headers PROPERTIES
    INTERFACE_INCLUDE_DIRECTORIES "${Coffer_ROOT_DIR}/include")

  add_library(Coffer::coffer SHARED IMPORTED)
  set_target_properties(Coffer::coffer PROPERTIES
    IMPORTED_LOCATION "${Coffer_ROOT_DIR}/lib/libcoffer.so.1"
    IMPORTED_SONAME "libcoffer.so.1"
    INTERFACE_INCLUDE_DIRECTORIES "${Coffer_ROOT_DIR}/include")
endif()

# A plugin NAME from C (C11) or C++ (C++20) sources: the target NAME is the file libcoffer_NAME.so. It exports the
# two functions of a plugin and nothing else, and links nothing of Coffer.
function(coffer_add_plugin name)
  add_library(${name} MODULE ${ARGN})
  set_target_properties(${name} PROPERTIES
    PREFIX "lib"
    OUTPUT_NAME "coffer_${name}"
    SUFFIX ".so"
    C_STANDARD 11
    C_STANDARD_REQUIRED ON
    C_VISIBILITY_PRESET hidden
    CXX_STANDARD 20
    CXX_STANDARD_REQUIRED ON
    CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON
    LINK_DEPENDS "${Coffer_PLUGIN_EXPORTS}")
  # A unique symbol would tie the plugin to others; Clang emits none and does not know the flag.
  target_compile_options(${name} PRIVATE "$<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fno-gnu-unique>")
  target_link_options(${name} PRIVATE
    "LINKER:--version-script=${Coffer_PLUGIN_EXPORTS}"
    "LINKER:-Bsymbolic" "LINKER:--as-needed" "LINKER:-z,defs")
  target_link_libraries(${name} PRIVATE Coffer::plugin_headers)
endfunction()
