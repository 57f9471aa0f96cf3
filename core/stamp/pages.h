// Memory for the slots of one shard. The address of a slot stays readable for as long as this lives;
// pages on which no slot is in use are given back to the system, and read as zeros, which are no
// stamp.
#ifndef COFFER_CORE_STAMP_PAGES_H_
#define COFFER_CORE_STAMP_PAGES_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/stamp/slot.h"

namespace coffer::core {

class SlotPages {
 public:
  SlotPages() = default;
  SlotPages(const SlotPages&) = delete;
  SlotPages& operator=(const SlotPages&) = delete;
  ~SlotPages();

  // A slot that is not in use; with the text of what it was used for last, if its page was not
  // given back. Throws std::bad_alloc.
  Slot* take();
  void give(Slot* slot) noexcept;

  // Of the pages that are not given back, with the texts of their slots.
  size_t bytes() const { return resident_ * page_size() + text_bytes_; }
  // Replaces the text of a slot; on std::bad_alloc it has none.
  void set_text(Slot* slot, std::string_view text);

 private:
  struct Page;
  struct Region {
    char* start;
    uint32_t pages;
    uint32_t resident;
    std::vector<bool> is_resident;
  };

  static size_t page_size();
  static uint32_t slots_per_page();
  static Page* page_of(Slot* slot);
  static Slot* slot_at(Page* page, uint32_t i);

  Page* add_page();
  Region& add_region();
  void release(Page* page) noexcept;
  void link(Page* page) noexcept;
  void unlink(Page* page) noexcept;
  void drop_text(Slot* slot) noexcept;

  std::vector<Region> regions_;
  Page* open_ = nullptr;  // with slots that are not in use
  size_t resident_ = 0;
  size_t empty_ = 0;  // resident pages without a slot in use
  size_t text_bytes_ = 0;
};

}  // namespace coffer::core

#endif  // COFFER_CORE_STAMP_PAGES_H_
