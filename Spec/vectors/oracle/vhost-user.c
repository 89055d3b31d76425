#include <string.h>

#include "structs.h"
#include "vector.h"

#define TO_BACK "front-end to back-end"
#define TO_FRONT "back-end to front-end"

#define VERSION 1u
#define REPLY 5u
#define NEED_REPLY 9u

// A header, and what the body says behind it.
#define MESSAGE_IN(id, name, number, message_role, direction, message_flags, bytes, descriptors) \
    VECTOR(id, direction, vhost_user_hdr) \
    for (int once = (vector_message("VHOST_USER_" name, message_role), vector_descriptors(descriptors), \
             SET(request, number), SET(flags, message_flags), SET(size, bytes), 1); once; once = 0)
#define REQUEST(name, number, bytes, descriptors) \
    MESSAGE_IN(name, name, number, "request", TO_BACK, NEED_REPLY, bytes, descriptors)
#define ANSWER(name, number, bytes, descriptors) \
    MESSAGE_IN(name "/reply", name, number, "reply", TO_FRONT, REPLY, bytes, descriptors)
#define BACK_REQUEST(name, number, bytes, descriptors) \
    MESSAGE_IN("BACKEND_" name, "BACKEND_" name, number, "back-end request", TO_FRONT, VERSION, bytes, descriptors)
#define BACK_ANSWER(name, number, bytes, descriptors) \
    MESSAGE_IN("BACKEND_" name "/reply", "BACKEND_" name, number, "back-end reply", TO_BACK, REPLY, bytes, descriptors)

#define WORD() vector_then_integers("payload", "u64", 8, 1)
// Bit 8 says that no descriptor comes.
#define WITHOUT_DESCRIPTOR() \
    do { \
        void *word = vector_then("payload", "u64", 8, 1); \
        memcpy(word, &(uint64_t){0x101}, 8); \
        vector_note("", word, 8, 0); \
    } while (0)
#define STATE() THEN(payload, vhost_user_vring_state, 1) { E_FILL(index); E_FILL(num); }
#define ADDR() \
    THEN(payload, vhost_user_vring_addr, 1) { \
        E_FILL(index); E_FILL(flags); E_FILL(descriptor); E_FILL(used); E_FILL(available); E_FILL(log); \
    }
#define REGION_FIELDS(r) E_FILL(r guest_address); E_FILL(r size); E_FILL(r user_address); E_FILL(r mmap_offset)
#define REGION() THEN(payload, vhost_user_mem_reg_msg, 1) { REGION_FIELDS(region.); }
#define CONFIG(count) \
    THEN(payload, vhost_user_config_hdr, 1) { E_FILL(offset); E_SET(size, count); E_FILL(flags); } \
    vector_then_integers("region", "u8", 1, count)
#define IOTLB() \
    THEN(payload, vhost_user_iotlb, 1) { \
        E_FILL(iova); E_FILL(size); E_FILL(uaddr); E_FILL(perm); E_FILL(type); \
    }
#define INFLIGHT() \
    THEN(payload, vhost_user_inflight, 1) { \
        E_FILL(mmap_size); E_FILL(mmap_offset); E_FILL(num_queues); E_FILL(queue_size); \
    }
#define SHARED() THEN(payload, vhost_user_shared, 1) { E_BYTES(uuid); }
#define MAPPING() \
    THEN(payload, vhost_user_mmap, 1) { \
        E_FILL(shmid); E_FILL(fd_offset); E_FILL(shm_offset); E_FILL(len); E_FILL(flags); \
    }
// An acknowledgement, where one was asked for.
#define ACK(name, number) ANSWER(name, number, 8, 0) { WORD(); }

static void write_features(void) {
    REQUEST("GET_FEATURES", 1, 0, 0) {}
    ANSWER("GET_FEATURES", 1, 8, 0) { WORD(); }
    REQUEST("SET_FEATURES", 2, 8, 0) { WORD(); }
    REQUEST("SET_OWNER", 3, 0, 0) {}
    REQUEST("RESET_OWNER", 4, 0, 0) {}
    REQUEST("GET_PROTOCOL_FEATURES", 15, 0, 0) {}
    ANSWER("GET_PROTOCOL_FEATURES", 15, 8, 0) { WORD(); }
    REQUEST("SET_PROTOCOL_FEATURES", 16, 8, 0) { WORD(); }
    REQUEST("GET_QUEUE_NUM", 17, 0, 0) {}
    ANSWER("GET_QUEUE_NUM", 17, 8, 0) { WORD(); }
    REQUEST("SET_STATUS", 39, 8, 0) { WORD(); }
    REQUEST("GET_STATUS", 40, 0, 0) {}
    ANSWER("GET_STATUS", 40, 8, 0) { WORD(); }
    REQUEST("RESET_DEVICE", 34, 0, 0) {}
    REQUEST("SEND_RARP", 19, 8, 0) { WORD(); }
    REQUEST("NET_SET_MTU", 20, 8, 0) { WORD(); }
    REQUEST("SET_VRING_ENDIAN", 23, 8, 0) { STATE() }
    REQUEST("CREATE_CRYPTO_SESSION", 26, 24, 0) { vector_only_good(); vector_then_integers("payload", "u8", 1, 24); }
    ANSWER("CREATE_CRYPTO_SESSION", 26, 24, 0) { vector_only_good(); vector_then_integers("payload", "u8", 1, 24); }
    REQUEST("CLOSE_CRYPTO_SESSION", 27, 8, 0) { WORD(); }
}

static void write_memory(void) {
    REQUEST("SET_MEM_TABLE", 5, 8 + 2 * 32, 2) {
        vector_clauses("VU-040, VU-041");
        THEN(payload, vhost_user_mem_table, 1) { E_SET(num_regions, 2); }
        THEN(regions, vhost_user_mem_region, 2) { REGION_FIELDS(); }
    }
    MESSAGE_IN("SET_MEM_TABLE/empty", "SET_MEM_TABLE", 5, "request", TO_BACK, VERSION, 8, 0) {
        vector_clauses("VU-042");
        THEN(payload, vhost_user_mem_table, 1) { E_SET(num_regions, 0); }
    }
    ACK("SET_MEM_TABLE", 5)
    REQUEST("SET_LOG_BASE", 6, 16, 1) { THEN(payload, vhost_user_log, 1) { E_FILL(log_size); E_FILL(log_offset); } }
    ANSWER("SET_LOG_BASE", 6, 8, 0) { WORD(); }
    REQUEST("SET_LOG_FD", 7, 0, 1) {}
    REQUEST("IOTLB_MSG", 22, 32, 0) { IOTLB() }
    ANSWER("IOTLB_MSG", 22, 8, 0) { WORD(); }
    REQUEST("POSTCOPY_ADVISE", 28, 0, 0) {}
    ANSWER("POSTCOPY_ADVISE", 28, 0, 1) {}
    REQUEST("POSTCOPY_LISTEN", 29, 0, 0) {}
    REQUEST("POSTCOPY_END", 30, 0, 0) {}
    ANSWER("POSTCOPY_END", 30, 8, 0) { WORD(); }
    REQUEST("GET_MAX_MEM_SLOTS", 36, 0, 0) {}
    ANSWER("GET_MAX_MEM_SLOTS", 36, 8, 0) { WORD(); }
    REQUEST("ADD_MEM_REG", 37, 40, 1) { REGION() }
    REQUEST("REM_MEM_REG", 38, 40, 0) { REGION() }
    MESSAGE_IN("REM_MEM_REG/descriptor", "REM_MEM_REG", 38, "request", TO_BACK, VERSION, 40, 1) {
        vector_clauses("VU-045"); REGION()
    }
}

static void write_rings(void) {
    REQUEST("SET_VRING_NUM", 8, 8, 0) { STATE() }
    REQUEST("SET_VRING_ADDR", 9, 40, 0) { ADDR() }
    REQUEST("SET_VRING_BASE", 10, 8, 0) { STATE() }
    REQUEST("GET_VRING_BASE", 11, 8, 0) { STATE() }
    ANSWER("GET_VRING_BASE", 11, 8, 0) { STATE() }
    REQUEST("SET_VRING_KICK", 12, 8, 1) { WORD(); }
    REQUEST("SET_VRING_CALL", 13, 8, 1) { WORD(); }
    MESSAGE_IN("SET_VRING_CALL/no-descriptor", "SET_VRING_CALL", 13, "request", TO_BACK, VERSION, 8, 0) {
        vector_clauses("VU-061"); WITHOUT_DESCRIPTOR();
    }
    REQUEST("SET_VRING_ERR", 14, 8, 1) { WORD(); }
    REQUEST("SET_VRING_ENABLE", 18, 8, 0) { STATE() }
    REQUEST("VRING_KICK", 35, 8, 0) { STATE() }
    REQUEST("GET_INFLIGHT_FD", 31, 24, 0) { INFLIGHT() }
    ANSWER("GET_INFLIGHT_FD", 31, 24, 1) { INFLIGHT() }
    REQUEST("SET_INFLIGHT_FD", 32, 24, 1) { INFLIGHT() }
    REQUEST("GET_VRING_BASE_SKIP_DRAIN", 45, 8, 0) { STATE() }
    ANSWER("GET_VRING_BASE_SKIP_DRAIN", 45, 8, 0) { STATE() }
}

static void write_device(void) {
    REQUEST("SET_BACKEND_REQ_FD", 21, 0, 1) {}
    REQUEST("GET_CONFIG", 24, 12 + 20, 0) { CONFIG(20); }
    ANSWER("GET_CONFIG", 24, 12 + 20, 0) { CONFIG(20); }
    MESSAGE_IN("GET_CONFIG/refused", "GET_CONFIG", 24, "reply", TO_FRONT, REPLY, 0, 0) { vector_clauses("VU-091"); }
    REQUEST("SET_CONFIG", 25, 12 + 4, 0) { CONFIG(4); }
    REQUEST("GPU_SET_SOCKET", 33, 0, 1) {}
    REQUEST("GET_SHARED_OBJECT", 41, 16, 0) { SHARED() }
    ANSWER("GET_SHARED_OBJECT", 41, 16, 1) { SHARED() }
    MESSAGE_IN("GET_SHARED_OBJECT/unknown", "GET_SHARED_OBJECT", 41, "reply", TO_FRONT, REPLY, 16, 0) {
        vector_clauses("VU-095"); SHARED()
    }
    REQUEST("SET_DEVICE_STATE_FD", 42, 8, 1) { THEN(payload, vhost_user_device_state, 1) { E_FILL(direction); E_FILL(phase); } }
    ANSWER("SET_DEVICE_STATE_FD", 42, 8, 0) { WORD(); }
    REQUEST("CHECK_DEVICE_STATE", 43, 0, 0) {}
    ANSWER("CHECK_DEVICE_STATE", 43, 8, 0) { WORD(); }
    REQUEST("GET_SHMEM_CONFIG", 44, 0, 0) {}
    ANSWER("GET_SHMEM_CONFIG", 44, 2056, 0) {
        THEN(payload, vhost_user_shmem_config, 1) {
            E_SET(nregions, 3); E_FILL(memory_sizes[0]); E_FILL(memory_sizes[1]); E_FILL(memory_sizes[255]);
        }
    }
}

static void write_back_end(void) {
    BACK_REQUEST("IOTLB_MSG", 1, 32, 0) { IOTLB() }
    BACK_REQUEST("CONFIG_CHANGE_MSG", 2, 0, 0) {}
    BACK_REQUEST("VRING_HOST_NOTIFIER_MSG", 3, 24, 1) {
        THEN(payload, vhost_user_vring_area, 1) { E_FILL(u64); E_FILL(size); E_FILL(offset); }
    }
    BACK_REQUEST("VRING_CALL", 4, 8, 0) { STATE() }
    BACK_REQUEST("VRING_ERR", 5, 8, 0) { STATE() }
    BACK_REQUEST("SHARED_OBJECT_ADD", 6, 16, 0) { SHARED() }
    BACK_REQUEST("SHARED_OBJECT_REMOVE", 7, 16, 0) { SHARED() }
    BACK_REQUEST("SHARED_OBJECT_LOOKUP", 8, 16, 0) { SHARED() }
    BACK_ANSWER("SHARED_OBJECT_LOOKUP", 8, 8, 1) { WORD(); }
    BACK_REQUEST("SHMEM_MAP", 9, 40, 1) { MAPPING() }
    BACK_ANSWER("SHMEM_MAP", 9, 8, 0) { WORD(); }
    BACK_REQUEST("SHMEM_UNMAP", 10, 40, 0) { MAPPING() }
}

static void write_structures(void) {
    VECTOR("header", "either", vhost_user_hdr) { FILL(request); FILL(flags); FILL(size); }
    VECTOR("vring-state", "either", vhost_user_vring_state) { FILL(index); FILL(num); }
    VECTOR("vring-addr", TO_BACK, vhost_user_vring_addr) {
        FILL(index); FILL(flags); FILL(descriptor); FILL(used); FILL(available); FILL(log);
    }
    VECTOR("mem-region", TO_BACK, vhost_user_mem_region) {
        FILL(guest_address); FILL(size); FILL(user_address); FILL(mmap_offset);
    }
    VECTOR("mem-table", TO_BACK, vhost_user_mem_table) {
        SET(num_regions, 1);
        THEN(regions, vhost_user_mem_region, 1) { REGION_FIELDS(); }
    }
    VECTOR("mem-reg-msg", TO_BACK, vhost_user_mem_reg_msg) {
        FILL(region.guest_address); FILL(region.size); FILL(region.user_address); FILL(region.mmap_offset);
    }
    VECTOR("log", TO_BACK, vhost_user_log) { FILL(log_size); FILL(log_offset); }
    VECTOR("iotlb", "either", vhost_user_iotlb) { FILL(iova); FILL(size); FILL(uaddr); FILL(perm); FILL(type); }
    VECTOR("config", "either", vhost_user_config_hdr) {
        FILL(offset); SET(size, 5); FILL(flags);
        vector_then_integers("region", "u8", 1, 5);
    }
    VECTOR("vring-area", TO_FRONT, vhost_user_vring_area) { FILL(u64); FILL(size); FILL(offset); }
    VECTOR("inflight", "either", vhost_user_inflight) {
        FILL(mmap_size); FILL(mmap_offset); FILL(num_queues); FILL(queue_size);
    }
    VECTOR("shared", "either", vhost_user_shared) { BYTES(uuid); }
    VECTOR("device-state", TO_BACK, vhost_user_device_state) { FILL(direction); FILL(phase); }
    VECTOR("mmap", TO_FRONT, vhost_user_mmap) {
        FILL(shmid); FILL(fd_offset); FILL(shm_offset); FILL(len); FILL(flags);
    }
    VECTOR("shmem-config", TO_FRONT, vhost_user_shmem_config) {
        SET(nregions, 2); FILL(memory_sizes[0]); FILL(memory_sizes[255]);
    }
    VECTOR("inflight-split", "either", inflight_region_split_hdr) {
        FILL(features); FILL(version); SET(desc_num, 2); FILL(last_batch_head); FILL(used_idx);
        THEN(desc, inflight_desc_split, 2) { E_FILL(inflight); E_FILL(next); E_FILL(counter); }
    }
    VECTOR("inflight-split-descriptor", "either", inflight_desc_split) {
        FILL(inflight); FILL(next); FILL(counter);
    }
    VECTOR("inflight-packed", "either", inflight_region_packed_hdr) {
        FILL(features); FILL(version); SET(desc_num, 1); FILL(free_head); FILL(old_free_head); FILL(used_idx);
        FILL(old_used_idx); FILL(used_wrap_counter); FILL(old_used_wrap_counter);
        THEN(desc, inflight_desc_packed, 1) { E_FILL(inflight); E_FILL(counter); }
    }
    VECTOR("inflight-packed-descriptor", "either", inflight_desc_packed) {
        FILL(inflight); FILL(next); FILL(last); FILL(num); FILL(counter); FILL(id); FILL(flags); FILL(len);
        FILL(addr);
    }
}

#define BAD(id, name, number, bytes, descriptors) \
    MESSAGE_IN(id, name, number, "request", TO_BACK, VERSION, bytes, descriptors)

static void write_bad(void) {
    BAD("SET_VRING_NUM/size-too-small", "SET_VRING_NUM", 8, 4, 0) {
        vector_clauses("VU-005"); STATE() vector_wrong("size at 8");
    }
    BAD("SET_VRING_NUM/size-too-large", "SET_VRING_NUM", 8, 12, 0) {
        vector_clauses("VU-005"); STATE() vector_excess(4, "size at 8");
    }
    BAD("SET_VRING_ADDR/huge-size", "SET_VRING_ADDR", 9, 0xffffffff, 0) {
        vector_clauses("VU-005"); ADDR() vector_wrong("size at 8");
    }
    BAD("GET_FEATURES/payload", "GET_FEATURES", 1, 8, 0) {
        vector_clauses("VU-005"); WORD(); vector_wrong("size at 8");
    }
    BAD("SET_FEATURES/none", "SET_FEATURES", 2, 0, 0) { vector_clauses("VU-005"); vector_wrong("size at 8"); }
    BAD("SET_MEM_TABLE/count-lies", "SET_MEM_TABLE", 5, 8 + 32, 1) {
        vector_clauses("VU-041");
        THEN(payload, vhost_user_mem_table, 1) { E_SET(num_regions, 8); }
        THEN(regions, vhost_user_mem_region, 1) { REGION_FIELDS(); }
        vector_wrong("size at 8");
    }
    BAD("SET_MEM_TABLE/count-wraps", "SET_MEM_TABLE", 5, 8 + 32, 1) {
        vector_clauses("VU-041");
        THEN(payload, vhost_user_mem_table, 1) { E_SET(num_regions, 0x08000001); }
        THEN(regions, vhost_user_mem_region, 1) { REGION_FIELDS(); }
        vector_wrong("size at 8");
    }
    BAD("SET_MEM_TABLE/nine-descriptors", "SET_MEM_TABLE", 5, 8 + 32, 9) {
        vector_clauses("VU-040");
        THEN(payload, vhost_user_mem_table, 1) { E_SET(num_regions, 1); }
        THEN(regions, vhost_user_mem_region, 1) { REGION_FIELDS(); }
        vector_wrong("descriptors");
    }
    BAD("ADD_MEM_REG/no-descriptor", "ADD_MEM_REG", 37, 40, 0) {
        vector_clauses("VU-006"); REGION() vector_wrong("descriptors");
    }
    BAD("SET_BACKEND_REQ_FD/no-descriptor", "SET_BACKEND_REQ_FD", 21, 0, 0) {
        vector_clauses("VU-006"); vector_wrong("descriptors");
    }
    BAD("GPU_SET_SOCKET/two-descriptors", "GPU_SET_SOCKET", 33, 0, 2) {
        vector_clauses("VU-006"); vector_wrong("descriptors");
    }
    BAD("SET_OWNER/descriptor", "SET_OWNER", 3, 0, 1) { vector_clauses("VU-006"); vector_wrong("descriptors"); }
    BAD("GET_CONFIG/size-lies", "GET_CONFIG", 24, 12 + 4, 0) {
        vector_clauses("VU-090");
        THEN(payload, vhost_user_config_hdr, 1) { E_SET(offset, 0); E_SET(size, 256); }
        vector_then_integers("region", "u8", 1, 4);
        vector_wrong("size at 8");
    }
    BAD("CREATE_CRYPTO_SESSION/short", "CREATE_CRYPTO_SESSION", 26, 24, 0) {
        vector_then_integers("payload", "u8", 1, 24);
        vector_cut(1, "truncated at 35");
    }
    MESSAGE_IN("CREATE_CRYPTO_SESSION/reply/short", "CREATE_CRYPTO_SESSION", 26, "reply", TO_FRONT, REPLY, 24, 0) {
        vector_then_integers("payload", "u8", 1, 24);
        vector_cut(25, "truncated at 11");
    }
    MESSAGE_IN("SET_OWNER/version-0", "SET_OWNER", 3, "request", TO_BACK, 0, 0, 0) {
        vector_clauses("VU-003"); vector_wrong("flags at 4");
    }
    MESSAGE_IN("SET_OWNER/version-2", "SET_OWNER", 3, "request", TO_BACK, 2, 0, 0) {
        vector_clauses("VU-003"); vector_wrong("flags at 4");
    }
    MESSAGE_IN("SET_OWNER/reply-flag", "SET_OWNER", 3, "request", TO_BACK, REPLY, 0, 0) {
        vector_clauses("VU-003"); vector_wrong("flags at 4");
    }
    MESSAGE_IN("GET_FEATURES/reply-with-need-reply", "GET_FEATURES", 1, "reply", TO_FRONT, 13, 8, 0) {
        vector_clauses("VU-004"); WORD(); vector_wrong("flags at 4");
    }
}

void write_vhost_user(void) {
    write_structures();
    write_features();
    write_memory();
    write_rings();
    write_device();
    write_back_end();
    write_bad();
}
