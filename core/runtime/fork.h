// What a fork must find in order: no lock of ours held by a thread that the child does not have.
#ifndef COFFER_CORE_RUNTIME_FORK_H_
#define COFFER_CORE_RUNTIME_FORK_H_

struct coffer_runtime;

namespace coffer::core {

// From now on / no longer prepared for fork and mended after it.
void survive_fork(coffer_runtime* runtime);
void forget_at_fork(coffer_runtime* runtime);

}  // namespace coffer::core

#endif  // COFFER_CORE_RUNTIME_FORK_H_
