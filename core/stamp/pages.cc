#include "core/stamp/pages.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

#if defined(__SANITIZE_ADDRESS__)
// Leak detection does not look for pointers in what is mapped by hand.
extern "C" void __lsan_register_root_region(const void* start, size_t size);
extern "C" void __lsan_unregister_root_region(const void* start, size_t size);
#define COFFER_REGISTER(start, size) __lsan_register_root_region(start, size)
#define COFFER_UNREGISTER(start, size) __lsan_unregister_root_region(start, size)
#else
#define COFFER_REGISTER(start, size) ((void)(start), (void)(size))
#define COFFER_UNREGISTER(start, size) ((void)(start), (void)(size))
#endif

namespace coffer::core {
namespace {

constexpr uint32_t kFirstRegion = 16, kLargestRegion = 1024;  // pages
// Empty pages that are kept all the same: at least one, and a share of those in use.
constexpr size_t kSpareShare = 8;

}  // namespace

// The head of a page; slots follow.
struct SlotPages::Page {
  Page* next;
  Page* prev;
  Slot* free;                    // those that were given
  uint32_t region, used, begun;  // slots in use, and slots that ever were
};

size_t SlotPages::page_size() {
  static const size_t size = static_cast<size_t>(std::max(sysconf(_SC_PAGESIZE), 4096l));
  return size;
}

uint32_t SlotPages::slots_per_page() {
  static const auto count = static_cast<uint32_t>((page_size() - sizeof(Page)) / sizeof(Slot));
  return count;
}

SlotPages::Page* SlotPages::page_of(Slot* slot) {
  return reinterpret_cast<Page*>(reinterpret_cast<uintptr_t>(slot) & ~(page_size() - 1));
}

Slot* SlotPages::slot_at(Page* page, uint32_t i) {
  static_assert(sizeof(Page) % alignof(Slot) == 0);
  return reinterpret_cast<Slot*>(page + 1) + i;
}

SlotPages::~SlotPages() {
  for (const Region& region : regions_) {
    for (uint32_t i = 0; i < region.pages; ++i) {
      if (!region.is_resident[i]) continue;
      auto* const page = reinterpret_cast<Page*>(region.start + i * page_size());
      for (uint32_t k = 0; k < page->begun; ++k) drop_text(slot_at(page, k));
    }
    COFFER_UNREGISTER(region.start, region.pages * page_size());
    munmap(region.start, region.pages * page_size());
  }
}

void SlotPages::link(Page* page) noexcept {
  page->prev = nullptr;
  page->next = open_;
  if (open_ != nullptr) open_->prev = page;
  open_ = page;
}

void SlotPages::unlink(Page* page) noexcept {
  if (page->next != nullptr) page->next->prev = page->prev;
  (page->prev != nullptr ? page->prev->next : open_) = page->next;
}

Slot* SlotPages::take() {
  Page* const page = open_ != nullptr ? open_ : add_page();
  if (page->used++ == 0) --empty_;
  Slot* slot = page->free;
  if (slot != nullptr) {
    page->free = slot->next;
  } else {
    slot = new (slot_at(page, page->begun++)) Slot;
  }
  if (page->used == slots_per_page()) unlink(page);
  return slot;
}

void SlotPages::give(Slot* slot) noexcept {
  Page* const page = page_of(slot);
  slot->next = page->free;
  page->free = slot;
  if (page->used-- == slots_per_page()) link(page);
  if (page->used > 0) return;
  if (++empty_ > 1 + resident_ / kSpareShare) release(page);
}

SlotPages::Page* SlotPages::add_page() {
  const auto partial = std::find_if(regions_.begin(), regions_.end(), [](const Region& region) {
    return region.resident < region.pages;
  });
  Region& region = partial != regions_.end() ? *partial : add_region();
  const auto place = std::find(region.is_resident.begin(), region.is_resident.end(), false);
  const auto at = static_cast<uint32_t>(place - region.is_resident.begin());
  *place = true;
  ++region.resident;
  ++resident_;
  ++empty_;
  auto* const page = new (region.start + at * page_size()) Page{};
  page->region = static_cast<uint32_t>(&region - regions_.data());
  link(page);
  return page;
}

SlotPages::Region& SlotPages::add_region() {
  const uint32_t pages =
      regions_.empty() ? kFirstRegion : std::min(regions_.back().pages * 2, kLargestRegion);
  if (regions_.size() == regions_.capacity()) regions_.reserve(regions_.size() * 2 + 1);
  Region region{nullptr, pages, 0, std::vector<bool>(pages)};
  const size_t size = pages * page_size();
  void* const start = mmap(nullptr, size, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (start == MAP_FAILED) throw std::bad_alloc();
  madvise(start, size, MADV_NOHUGEPAGE);  // pages go back one by one
  COFFER_REGISTER(start, size);
  region.start = static_cast<char*>(start);
  regions_.push_back(std::move(region));
  return regions_.back();
}

// Whoever still points to one of its slots reads zero.
void SlotPages::release(Page* page) noexcept {
  for (uint32_t i = 0; i < page->begun; ++i) drop_text(slot_at(page, i));
  Region& region = regions_[page->region];
  const size_t at = static_cast<size_t>(reinterpret_cast<char*>(page) - region.start) / page_size();
  unlink(page);
  --empty_;
  if (madvise(page, page_size(), MADV_DONTNEED) != 0) {
    // It stays, as an empty page.
    ++empty_;
    link(page);
    return;
  }
  region.is_resident[at] = false;
  --region.resident;
  --resident_;
}

void SlotPages::set_text(Slot* slot, std::string_view text) {
  drop_text(slot);
  if (text.empty()) return;
  slot->text = static_cast<char*>(std::malloc(text.size()));
  if (slot->text == nullptr) throw std::bad_alloc();
  std::memcpy(slot->text, text.data(), text.size());
  slot->text_size = static_cast<uint32_t>(text.size());
  text_bytes_ += text.size() + 16;
}

void SlotPages::drop_text(Slot* slot) noexcept {
  if (slot->text == nullptr) return;
  text_bytes_ -= slot->text_size + size_t{16};
  std::free(slot->text);
  slot->text = nullptr;
  slot->text_size = 0;
}

}  // namespace coffer::core
