// A file system for SQLite that counts syncs, lets calls fail, and knows what a loss of power
// leaves.
#pragma once

#include <cstring>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include <sqlite3.h>

namespace store_test {

/// A file on a disk with a cache: what was synced, and the writes since.
struct DiskFile {
    struct Write {
        std::size_t place = 0;
        std::string bytes{};
        bool is_truncate = false;
    };
    std::string synced{};
    std::vector<Write> later{};

    static void apply(std::string& bytes, const Write& write) {
        if (write.is_truncate) {
            bytes.resize(write.place);
            return;
        }
        if (bytes.size() < write.place + write.bytes.size()) {
            bytes.resize(write.place + write.bytes.size());
        }
        bytes.replace(write.place, write.bytes.size(), write.bytes);
    }
    void sync() {
        for (const Write& write : later) apply(synced, write);
        later.clear();
    }
    /// What a loss of power leaves: of the writes since the last sync, any.
    [[nodiscard]] std::string after_power_loss(std::mt19937& random) const {
        std::string bytes = synced;
        const unsigned odds = random() % 4;  // none, some or most
        for (const Write& write : later) {
            if (random() % 3 < odds) apply(bytes, write);
        }
        return bytes;
    }
};

using Disk = std::map<std::string, DiskFile>;

/// What all files of the file system share.
struct Plan {
    int log_syncs = 0;
    int other_syncs = 0;
    long writes = 0;  ///< and syncs and truncations
    long reads = 0;
    long fail_write = 0;  ///< the number of the write that fails; 0: none
    long fail_read = 0;
    bool fail_sync = false;
    bool is_lasting = false;  ///< later ones fail too
    int write_error = SQLITE_FULL;
    bool has_disk = false;  ///< keeps `disk`, which costs time
    Disk disk{};
    long lose_power = 0;  ///< the number of the write before which `lost` is copied
    std::optional<Disk> lost{};
};

inline Plan plan;

struct PlannedFile {
    sqlite3_file base;
    bool is_log;
    bool is_kept;
    char name[512];
    sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
    static PlannedFile& of(sqlite3_file* file) { return *reinterpret_cast<PlannedFile*>(file); }
    [[nodiscard]] DiskFile* disk() const {
        return plan.has_disk && is_kept ? &plan.disk[name] : nullptr;
    }
};

inline bool fails(long& count, long at) {
    ++count;
    return at != 0 && (count == at || (plan.is_lasting && count > at));
}

inline bool write_fails() {
    if (plan.has_disk && plan.writes + 1 == plan.lose_power) plan.lost = plan.disk;
    return fails(plan.writes, plan.fail_write);
}

inline int planned_read(sqlite3_file* file, void* bytes, int size, sqlite3_int64 place) {
    if (fails(plan.reads, plan.fail_read)) return SQLITE_IOERR_READ;
    sqlite3_file* real = PlannedFile::of(file).real();
    return real->pMethods->xRead(real, bytes, size, place);
}

inline int planned_write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 place) {
    PlannedFile& planned = PlannedFile::of(file);
    sqlite3_file* real = planned.real();
    const bool is_failing = write_fails();
    if (is_failing) size /= 2;  // as a full disk does
    if (DiskFile* disk = planned.disk()) {
        disk->later.push_back({static_cast<std::size_t>(place),
                               {static_cast<const char*>(bytes), static_cast<std::size_t>(size)}});
    }
    const int code = real->pMethods->xWrite(real, bytes, size, place);
    return is_failing ? plan.write_error : code;
}

inline int planned_truncate(sqlite3_file* file, sqlite3_int64 size) {
    if (write_fails()) return SQLITE_IOERR_TRUNCATE;
    PlannedFile& planned = PlannedFile::of(file);
    if (DiskFile* disk = planned.disk()) {
        disk->later.push_back({static_cast<std::size_t>(size), {}, true});
    }
    return planned.real()->pMethods->xTruncate(planned.real(), size);
}

inline int planned_sync(sqlite3_file* file, int flags) {
    PlannedFile& planned = PlannedFile::of(file);
    ++(planned.is_log ? plan.log_syncs : plan.other_syncs);
    if (write_fails() || plan.fail_sync) return SQLITE_IOERR_FSYNC;
    if (DiskFile* disk = planned.disk()) disk->sync();
    return planned.real()->pMethods->xSync(planned.real(), flags);
}

template <auto Method, class... Values>
int pass_on(sqlite3_file* file, Values... values) {
    sqlite3_file* real = PlannedFile::of(file).real();
    return (real->pMethods->*Method)(real, values...);
}

inline void planned_barrier(sqlite3_file* file) {
    sqlite3_file* real = PlannedFile::of(file).real();
    real->pMethods->xShmBarrier(real);
}

inline const sqlite3_io_methods planned_methods = {
    2,
    pass_on<&sqlite3_io_methods::xClose>,
    planned_read,
    planned_write,
    planned_truncate,
    planned_sync,
    pass_on<&sqlite3_io_methods::xFileSize, sqlite3_int64*>,
    pass_on<&sqlite3_io_methods::xLock, int>,
    pass_on<&sqlite3_io_methods::xUnlock, int>,
    pass_on<&sqlite3_io_methods::xCheckReservedLock, int*>,
    pass_on<&sqlite3_io_methods::xFileControl, int, void*>,
    pass_on<&sqlite3_io_methods::xSectorSize>,
    pass_on<&sqlite3_io_methods::xDeviceCharacteristics>,
    pass_on<&sqlite3_io_methods::xShmMap, int, int, int, void volatile**>,
    pass_on<&sqlite3_io_methods::xShmLock, int, int, int>,
    planned_barrier,
    pass_on<&sqlite3_io_methods::xShmUnmap, int>,
    nullptr,
    nullptr,
};

/// Makes SQLite use the file system, with a plan that does nothing, as long as it exists.
class PlannedFiles {
public:
    PlannedFiles() {
        plan = Plan{};
        real_ = sqlite3_vfs_find(nullptr);
        vfs_ = *real_;
        vfs_.zName = "planned";
        vfs_.pAppData = real_;
        vfs_.szOsFile = static_cast<int>(sizeof(PlannedFile)) + real_->szOsFile;
        vfs_.xOpen = open;
        vfs_.xDelete = remove;
        sqlite3_vfs_register(&vfs_, 1);
    }
    PlannedFiles(const PlannedFiles&) = delete;
    PlannedFiles& operator=(const PlannedFiles&) = delete;
    ~PlannedFiles() {
        sqlite3_vfs_unregister(&vfs_);
        sqlite3_vfs_register(real_, 1);
    }

private:
    static int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out) {
        auto* real = static_cast<sqlite3_vfs*>(vfs->pAppData);
        PlannedFile& planned = PlannedFile::of(file);
        planned.base.pMethods = nullptr;
        planned.is_log = (flags & SQLITE_OPEN_WAL) != 0;
        planned.is_kept = name != nullptr && std::strlen(name) < sizeof planned.name;
        if (planned.is_kept) std::strcpy(planned.name, name);
        const int code = real->xOpen(real, name, planned.real(), flags, out);
        if (planned.real()->pMethods != nullptr) planned.base.pMethods = &planned_methods;
        return code;
    }

    static int remove(sqlite3_vfs* vfs, const char* name, int sync_folder) {
        auto* real = static_cast<sqlite3_vfs*>(vfs->pAppData);
        plan.disk.erase(name);
        return real->xDelete(real, name, sync_folder);
    }

    sqlite3_vfs* real_ = nullptr;
    sqlite3_vfs vfs_{};
};

}  // namespace store_test
