-- Generated from Spec/vhost-user.md: `make generate` writes it anew.
-- wireshark -X lua_script:vhost_user.lua; FORMAT.md of the generator names the packets.

local main = Proto("vhost_user", "vhost-user")

local enums, flags, structs = {}, {}, {}

flags.VHOST_USER_FLAG = { base = "u32", bits = {
    { 0x1, "VHOST_USER_VERSION_1", single = true },
    { 0x4, "REPLY", single = true },
    { 0x8, "NEED_REPLY", single = true },
} }

enums.vhost_user_frontend_request = { base = "u32", hex = false, values = {
    [0x1] = "VHOST_USER_GET_FEATURES",
    [0x2] = "VHOST_USER_SET_FEATURES",
    [0x3] = "VHOST_USER_SET_OWNER",
    [0x4] = "VHOST_USER_RESET_OWNER",
    [0x5] = "VHOST_USER_SET_MEM_TABLE",
    [0x6] = "VHOST_USER_SET_LOG_BASE",
    [0x7] = "VHOST_USER_SET_LOG_FD",
    [0x8] = "VHOST_USER_SET_VRING_NUM",
    [0x9] = "VHOST_USER_SET_VRING_ADDR",
    [0xa] = "VHOST_USER_SET_VRING_BASE",
    [0xb] = "VHOST_USER_GET_VRING_BASE",
    [0xc] = "VHOST_USER_SET_VRING_KICK",
    [0xd] = "VHOST_USER_SET_VRING_CALL",
    [0xe] = "VHOST_USER_SET_VRING_ERR",
    [0xf] = "VHOST_USER_GET_PROTOCOL_FEATURES",
    [0x10] = "VHOST_USER_SET_PROTOCOL_FEATURES",
    [0x11] = "VHOST_USER_GET_QUEUE_NUM",
    [0x12] = "VHOST_USER_SET_VRING_ENABLE",
    [0x13] = "VHOST_USER_SEND_RARP",
    [0x14] = "VHOST_USER_NET_SET_MTU",
    [0x15] = "VHOST_USER_SET_BACKEND_REQ_FD",
    [0x16] = "VHOST_USER_IOTLB_MSG",
    [0x17] = "VHOST_USER_SET_VRING_ENDIAN",
    [0x18] = "VHOST_USER_GET_CONFIG",
    [0x19] = "VHOST_USER_SET_CONFIG",
    [0x1a] = "VHOST_USER_CREATE_CRYPTO_SESSION",
    [0x1b] = "VHOST_USER_CLOSE_CRYPTO_SESSION",
    [0x1c] = "VHOST_USER_POSTCOPY_ADVISE",
    [0x1d] = "VHOST_USER_POSTCOPY_LISTEN",
    [0x1e] = "VHOST_USER_POSTCOPY_END",
    [0x1f] = "VHOST_USER_GET_INFLIGHT_FD",
    [0x20] = "VHOST_USER_SET_INFLIGHT_FD",
    [0x21] = "VHOST_USER_GPU_SET_SOCKET",
    [0x22] = "VHOST_USER_RESET_DEVICE",
    [0x23] = "VHOST_USER_VRING_KICK",
    [0x24] = "VHOST_USER_GET_MAX_MEM_SLOTS",
    [0x25] = "VHOST_USER_ADD_MEM_REG",
    [0x26] = "VHOST_USER_REM_MEM_REG",
    [0x27] = "VHOST_USER_SET_STATUS",
    [0x28] = "VHOST_USER_GET_STATUS",
    [0x29] = "VHOST_USER_GET_SHARED_OBJECT",
    [0x2a] = "VHOST_USER_SET_DEVICE_STATE_FD",
    [0x2b] = "VHOST_USER_CHECK_DEVICE_STATE",
    [0x2c] = "VHOST_USER_GET_SHMEM_CONFIG",
    [0x2d] = "VHOST_USER_GET_VRING_BASE_SKIP_DRAIN",
} }

flags.VHOST_USER_F = { base = "u64", bits = {
    { 0x4000000, "VHOST_F_LOG_ALL", single = true },
    { 0x40000000, "PROTOCOL_FEATURES", single = true },
} }

flags.VHOST_USER_PROTOCOL_F = { base = "u64", bits = {
    { 0x1, "MQ", single = true },
    { 0x2, "LOG_SHMFD", single = true },
    { 0x4, "RARP", single = true },
    { 0x8, "REPLY_ACK", single = true },
    { 0x10, "MTU", single = true },
    { 0x20, "BACKEND_REQ", single = true },
    { 0x40, "CROSS_ENDIAN", single = true },
    { 0x80, "CRYPTO_SESSION", single = true },
    { 0x100, "PAGEFAULT", single = true },
    { 0x200, "CONFIG", single = true },
    { 0x400, "BACKEND_SEND_FD", single = true },
    { 0x800, "HOST_NOTIFIER", single = true },
    { 0x1000, "INFLIGHT_SHMFD", single = true },
    { 0x2000, "RESET_DEVICE", single = true },
    { 0x4000, "INBAND_NOTIFICATIONS", single = true },
    { 0x8000, "CONFIGURE_MEM_SLOTS", single = true },
    { 0x10000, "STATUS", single = true },
    { 0x20000, "XEN_MMAP", single = true },
    { 0x40000, "SHARED_OBJECT", single = true },
    { 0x80000, "DEVICE_STATE", single = true },
    { 0x100000, "GET_VRING_BASE_INFLIGHT", single = true },
    { 0x200000, "GPA_ADDRESSES", single = true },
    { 0x400000, "SHMEM", single = true },
    { 0x800000, "GET_VRING_BASE_SKIP_DRAIN", single = true },
} }

flags.VHOST_ACCESS = { base = "u8", bits = {
    { 0x1, "RO", single = true },
    { 0x2, "WO", single = true },
} }

enums.vhost_iotlb_type = { base = "u8", hex = false, values = {
    [0x1] = "VHOST_IOTLB_MISS",
    [0x2] = "VHOST_IOTLB_UPDATE",
    [0x3] = "VHOST_IOTLB_INVALIDATE",
    [0x4] = "VHOST_IOTLB_ACCESS_FAIL",
} }

enums.vhost_transfer_state_direction = { base = "u32", hex = false, values = {
    [0x0] = "VHOST_TRANSFER_STATE_DIRECTION_SAVE",
    [0x1] = "VHOST_TRANSFER_STATE_DIRECTION_LOAD",
} }

enums.vhost_transfer_state_phase = { base = "u32", hex = false, values = {
    [0x0] = "VHOST_TRANSFER_STATE_PHASE_STOPPED",
} }

flags.VHOST_VRING_F = { base = "u32", bits = {
    { 0x1, "LOG", single = true },
} }

flags.VHOST_USER_VRING = { base = "u64", bits = {
    { 0xff, "IDX_MASK" },
    { 0x100, "NOFD_MASK", single = true },
} }

enums.vhost_user_backend_request = { base = "u32", hex = false, values = {
    [0x1] = "VHOST_USER_BACKEND_IOTLB_MSG",
    [0x2] = "VHOST_USER_BACKEND_CONFIG_CHANGE_MSG",
    [0x3] = "VHOST_USER_BACKEND_VRING_HOST_NOTIFIER_MSG",
    [0x4] = "VHOST_USER_BACKEND_VRING_CALL",
    [0x5] = "VHOST_USER_BACKEND_VRING_ERR",
    [0x6] = "VHOST_USER_BACKEND_SHARED_OBJECT_ADD",
    [0x7] = "VHOST_USER_BACKEND_SHARED_OBJECT_REMOVE",
    [0x8] = "VHOST_USER_BACKEND_SHARED_OBJECT_LOOKUP",
    [0x9] = "VHOST_USER_BACKEND_SHMEM_MAP",
    [0xa] = "VHOST_USER_BACKEND_SHMEM_UNMAP",
} }

enums.vhost_set_config_type = { base = "u32", hex = false, values = {
    [0x0] = "VHOST_SET_CONFIG_TYPE_FRONTEND",
    [0x1] = "VHOST_SET_CONFIG_TYPE_MIGRATION",
} }

flags.VHOST_USER_FLAG_MAP = { base = "u64", bits = {
    { 0x1, "RW", single = true },
} }

structs.vhost_user_hdr = { size = 12, rows = {
    { "request", 0, "u32" },
    { "flags", 4, "flags", "VHOST_USER_FLAG" },
    { "size", 8, "u32" },
}, trailing = {
} }

structs.vhost_user_mem_region = { size = 32, rows = {
    { "guest_address", 0, "u64" },
    { "size", 8, "u64" },
    { "user_address", 16, "u64" },
    { "mmap_offset", 24, "u64" },
}, trailing = {
} }

structs.vhost_user_mem_table = { size = 8, rows = {
    { "num_regions", 0, "u32" },
    { "padding", 4, "u32" },
}, trailing = {
    { "regions", 0, "struct", "vhost_user_mem_region", counted = "num_regions", element = 32 },
} }

structs.vhost_user_mem_reg_msg = { size = 40, rows = {
    { "padding", 0, "u64" },
    { "region", 8, "struct", "vhost_user_mem_region" },
}, trailing = {
} }

structs.vhost_user_log = { size = 16, rows = {
    { "log_size", 0, "u64" },
    { "log_offset", 8, "u64" },
}, trailing = {
} }

structs.vhost_user_iotlb = { size = 32, rows = {
    { "iova", 0, "u64" },
    { "size", 8, "u64" },
    { "uaddr", 16, "u64" },
    { "perm", 24, "flags", "VHOST_ACCESS" },
    { "type", 25, "enum", "vhost_iotlb_type" },
}, trailing = {
} }

structs.vhost_user_device_state = { size = 8, rows = {
    { "direction", 0, "enum", "vhost_transfer_state_direction" },
    { "phase", 4, "enum", "vhost_transfer_state_phase" },
}, trailing = {
} }

structs.vhost_user_vring_state = { size = 8, rows = {
    { "index", 0, "u32" },
    { "num", 4, "u32" },
}, trailing = {
} }

structs.vhost_user_vring_addr = { size = 40, rows = {
    { "index", 0, "u32" },
    { "flags", 4, "flags", "VHOST_VRING_F" },
    { "descriptor", 8, "u64" },
    { "used", 16, "u64" },
    { "available", 24, "u64" },
    { "log", 32, "u64" },
}, trailing = {
} }

structs.vhost_user_vring_area = { size = 24, rows = {
    { "u64", 0, "flags", "VHOST_USER_VRING" },
    { "size", 8, "u64" },
    { "offset", 16, "u64" },
}, trailing = {
} }

structs.vhost_user_config_hdr = { size = 12, rows = {
    { "offset", 0, "u32" },
    { "size", 4, "u32" },
    { "flags", 8, "enum", "vhost_set_config_type" },
}, trailing = {
    { "region", 0, "u8", counted = "size", element = 1 },
} }

structs.vhost_user_shared = { size = 16, rows = {
    { "uuid", 0, "u8", count = 16, size = 16 },
}, trailing = {
} }

structs.vhost_user_shmem_config = { size = 2056, rows = {
    { "nregions", 0, "u32" },
    { "padding", 4, "u32" },
    { "memory_sizes", 8, "u64", count = 256, size = 2048 },
}, trailing = {
} }

structs.vhost_user_mmap = { size = 40, rows = {
    { "shmid", 0, "u8" },
    { "padding", 1, "u8", count = 7, size = 7 },
    { "fd_offset", 8, "u64" },
    { "shm_offset", 16, "u64" },
    { "len", 24, "u64" },
    { "flags", 32, "flags", "VHOST_USER_FLAG_MAP" },
}, trailing = {
} }

structs.vhost_user_inflight = { size = 24, rows = {
    { "mmap_size", 0, "u64" },
    { "mmap_offset", 8, "u64" },
    { "num_queues", 16, "u16" },
    { "queue_size", 18, "u16" },
    { "padding", 20, "u8", count = 4, size = 4 },
}, trailing = {
} }

structs.inflight_region_split_hdr = { size = 16, rows = {
    { "features", 0, "u64" },
    { "version", 8, "u16" },
    { "desc_num", 10, "u16" },
    { "last_batch_head", 12, "u16" },
    { "used_idx", 14, "u16" },
}, trailing = {
    { "desc", 0, "struct", "inflight_desc_split", counted = "desc_num", element = 16 },
} }

structs.inflight_desc_split = { size = 16, rows = {
    { "inflight", 0, "u8" },
    { "padding", 1, "u8", count = 5, size = 5 },
    { "next", 6, "u16" },
    { "counter", 8, "u64" },
}, trailing = {
} }

structs.inflight_region_packed_hdr = { size = 32, rows = {
    { "features", 0, "u64" },
    { "version", 8, "u16" },
    { "desc_num", 10, "u16" },
    { "free_head", 12, "u16" },
    { "old_free_head", 14, "u16" },
    { "used_idx", 16, "u16" },
    { "old_used_idx", 18, "u16" },
    { "used_wrap_counter", 20, "u8" },
    { "old_used_wrap_counter", 21, "u8" },
    { "padding", 22, "u8", count = 7, size = 7 },
    { "hole", 29, "u8", count = 3, size = 3 },
}, trailing = {
    { "desc", 0, "struct", "inflight_desc_packed", counted = "desc_num", element = 32 },
} }

structs.inflight_desc_packed = { size = 32, rows = {
    { "inflight", 0, "u8" },
    { "padding", 1, "u8" },
    { "next", 2, "u16" },
    { "last", 4, "u16" },
    { "num", 6, "u16" },
    { "counter", 8, "u64" },
    { "id", 16, "u16" },
    { "flags", 18, "u16" },
    { "len", 20, "u32" },
    { "addr", 24, "u64" },
}, trailing = {
} }

local expert_truncated = ProtoExpert.new(
    main.name:lower() .. ".truncated", "The bytes end before the message does",
    expert.group.MALFORMED, expert.severity.ERROR)
local expert_excess = ProtoExpert.new(
    main.name:lower() .. ".excess", "Bytes follow that the message does not tell of",
    expert.group.PROTOCOL, expert.severity.NOTE)
main.experts = { expert_truncated, expert_excess }

local prefix = main.name:lower()
local integers = { u8 = 1, u16 = 2, u32 = 4, u64 = 8, i32 = 4, i64 = 8 }
local makers = {
    u8 = ProtoField.uint8, u16 = ProtoField.uint16, u32 = ProtoField.uint32,
    u64 = ProtoField.uint64, i32 = ProtoField.int32, i64 = ProtoField.int64,
}
local registered = {}

local function register(field)
    registered[#registered + 1] = field
    return field
end

--- `virtio_gpu_rect` without the protocol's own name.
local function short(name)
    return name:sub(1, #prefix + 1) == prefix .. "_" and name:sub(#prefix + 2) or name
end

local function base_of(kind, name)
    if kind == "enum" then return enums[name].base end
    if kind == "flags" then return flags[name].base end
    return kind
end

local function make_bits(abbreviation, set)
    local bits = {}
    local width = integers[set.base] * 8
    for _, bit in ipairs(set.bits) do
        local name = abbreviation .. "." .. bit[2]:lower()
        local field
        if bit.single then
            field = ProtoField.bool(name, bit[2], width, nil, bit[1])
        else
            field = makers[set.base](name, bit[2], base.HEX, nil, bit[1])
        end
        bits[#bits + 1] = register(field)
    end
    return bits
end

local function make_field(row, abbreviation, label)
    local kind, name = row[3], row[4]
    row.size = row.size or (kind == "struct" and structs[name].size or integers[base_of(kind, name)])
    if kind == "struct" then
        row.field = register(ProtoField.none(abbreviation, label))
    elseif kind == "u8" and (row.count or row.counted or row.rest) then
        row.field = register(row.text and ProtoField.string(abbreviation, label)
            or ProtoField.bytes(abbreviation, label))
    elseif kind == "enum" then
        local set = enums[name]
        row.field = register(makers[set.base](abbreviation, label,
            set.hex and base.HEX or base.DEC, set.values))
    elseif kind == "flags" then
        row.field = register(makers[flags[name].base](abbreviation, label, base.HEX))
        row.bits = make_bits(abbreviation, flags[name])
    else
        row.field = register(makers[kind](abbreviation, label,
            kind:sub(1, 1) == "i" and base.DEC or base.DEC_HEX))
    end
end

for name, struct in pairs(structs) do
    for _, row in ipairs(struct.rows) do
        make_field(row, prefix .. "." .. short(name) .. "." .. row[1]:gsub("%.", "_"), row[1])
    end
    for _, row in ipairs(struct.trailing) do
        make_field(row, prefix .. "." .. short(name) .. "." .. row[1], row[1])
    end
end

local field_excess = register(ProtoField.bytes(prefix .. ".excess", "Bytes that follow"))

local function truncated(tree, what, from, to, limit)
    tree:add_proto_expert_info(expert_truncated,
        string.format("Malformed: %s is bytes %d to %d, and there are %d", what, from, to, limit))
end

local function number(range, kind)
    if kind == "u64" then return range:le_uint64():tonumber() end
    if kind == "i64" then return range:le_int64():tonumber() end
    if kind == "i32" then return range:le_int() end
    return range:le_uint()
end

local dissect

--- One element; nil when it is cut short.
local function dissect_element(row, tvb, at, limit, tree)
    local kind, name = row[3], row[4]
    local size = kind == "struct" and structs[name].size or integers[base_of(kind, name)]
    local range = tvb(at, size)
    if kind == "struct" then
        return dissect(name, tvb, at, limit, tree:add(row.field, range))
    end
    local item = tree:add_le(row.field, range)
    for _, bit in ipairs(row.bits or {}) do item:add_le(bit, range) end
    return at + size, number(range, base_of(kind, name))
end

local function applies(row, values, taken)
    if row.on then
        local value = values[row.on[1]]
        local match = value ~= nil and row.on[2][value] == true
        if match then taken[row[2]] = true end
        return match
    end
    return not (row.otherwise and taken[row[2]])
end

local function dissect_row(row, name, tvb, offset, limit, tree, values)
    local at = offset + row[2]
    if at + row.size > limit then
        truncated(tree, name .. "." .. row[1], at, at + row.size, limit)
        return false
    end
    if row[3] == "u8" and row.count then
        tree:add(row.field, tvb(at, row.size))
        return true
    end
    local count = row.count or 1
    for index = 0, count - 1 do
        local stride = row.size / count
        local after, value = dissect_element(row, tvb, at + index * stride, limit, tree)
        if after == nil then return false end
        values[row[1]] = value
    end
    return true
end

--- What follows a structure; nil when it is cut short.
local function dissect_trailing(row, name, tvb, after, limit, tree, values)
    local size = row.element
    local count = row.counted and (values[row.counted] or 0)
        or math.floor((limit - after) / size)
    local fitting = math.min(count, math.floor((limit - after) / size))
    if row[3] == "u8" then
        if fitting > 0 then tree:add(row.field, tvb(after, fitting)) end
    else
        for index = 0, math.min(fitting, 4096) - 1 do
            dissect_element(row, tvb, after + index * size, limit, tree)
        end
    end
    if fitting < count then
        truncated(tree, name .. "." .. row[1], after, after + count * size, limit)
        return nil
    end
    return after + count * size
end

--- Where the structure ends and the numbers in it; nil when it is cut short.
function dissect(name, tvb, offset, limit, tree)
    local struct = structs[name]
    local values, taken = {}, {}
    for _, row in ipairs(struct.rows) do
        if applies(row, values, taken)
            and not dissect_row(row, name, tvb, offset, limit, tree, values)
        then return nil, values end
    end
    local after = offset + struct.size
    for _, row in ipairs(struct.trailing) do
        after = dissect_trailing(row, name, tvb, after, limit, tree, values)
        if after == nil then return nil, values end
    end
    return after, values
end

--- Ends a message: marks one that was cut short, shows what is left of one that was not.
local function finish(after, tvb, limit, pinfo, tree)
    if after == nil then
        pinfo.cols.info:append(" [Malformed]")
    elseif after < limit then
        tree:add(field_excess, tvb(after, limit - after))
        tree:add_proto_expert_info(expert_excess)
    end
end

local function begin(proto, tvb, pinfo, tree)
    pinfo.cols.protocol = proto.name
    return tree:add(proto, tvb(0, tvb:len()))
end

--- The code at the front and its name; nil when there is none.
local function code_of(enum, tvb, pinfo, tree)
    if tvb:len() < 4 then
        truncated(tree, "the code", 0, 4, tvb:len())
        pinfo.cols.info = "[Malformed]"
        return nil
    end
    local code = tvb(0, 4):le_uint()
    local name = enums[enum].values[code]
    pinfo.cols.info = name or string.format("unknown code 0x%x", code)
    return code, name
end
local acknowledgement = { "acknowledgement", 0, "u64" }
make_field(acknowledgement, prefix .. ".acknowledgement", "acknowledgement")

local function channel(proto, enum, header, rows)
    for _, row in pairs(rows) do
        for _, payload in pairs({ row.payload, row.reply }) do
            if payload[3] ~= "struct" then
                make_field(payload, prefix .. "." .. row.name:lower(), payload[4] or payload[1])
            end
        end
    end
    function proto.dissector(tvb, pinfo, tree)
        local root = begin(proto, tvb, pinfo, tree)
        local code = code_of(enum, tvb, pinfo, root)
        if code == nil then return end
        local after, values = dissect(header, tvb, 0, tvb:len(), root)
        if after == nil then return finish(nil, tvb, 0, pinfo, root) end
        local limit = after + values.size
        if limit > tvb:len() then
            truncated(root, "the payload", after, limit, tvb:len())
            pinfo.cols.info:append(" [Malformed]")
            limit = tvb:len()
        end
        local is_reply = bit32.band(values.flags, 4) ~= 0
        if is_reply then pinfo.cols.info:append(" (reply)") end
        local row = rows[code] or {}
        local payload = is_reply and row.reply or not is_reply and row.payload
        if is_reply and row.reply == nil and values.size == 8 then payload = acknowledgement end
        if payload and limit > after then
            if payload.rest then
                root:add(payload.field, tvb(after, limit - after))
                after = limit
            elseif payload[3] == "struct" then
                after = dissect(payload[4], tvb, after, limit, root)
            elseif after + payload.size > limit then
                truncated(root, payload[1], after, after + payload.size, limit)
                after = nil
            else
                after = dissect_element(payload, tvb, after, limit, root)
            end
        elseif payload and not row.optional then
            truncated(root, payload[4] or payload[1], after, after + 1, limit)
            after = nil
        end
        finish(after, tvb, limit, pinfo, root)
        if limit < tvb:len() then finish(limit, tvb, tvb:len(), pinfo, root) end
    end
end

channel(main, "vhost_user_frontend_request", "vhost_user_hdr", {
    [0x1] = { name = "VHOST_USER_GET_FEATURES", reply = { "payload", 0, "u64" } },
    [0x2] = { name = "VHOST_USER_SET_FEATURES", payload = { "payload", 0, "u64" } },
    [0x3] = { name = "VHOST_USER_SET_OWNER" },
    [0x4] = { name = "VHOST_USER_RESET_OWNER" },
    [0x5] = { name = "VHOST_USER_SET_MEM_TABLE", payload = { "payload", 0, "struct", "vhost_user_mem_table" } },
    [0x6] = { name = "VHOST_USER_SET_LOG_BASE", payload = { "payload", 0, "struct", "vhost_user_log" }, reply = { "payload", 0, "u64" } },
    [0x7] = { name = "VHOST_USER_SET_LOG_FD" },
    [0x8] = { name = "VHOST_USER_SET_VRING_NUM", payload = { "payload", 0, "struct", "vhost_user_vring_state" } },
    [0x9] = { name = "VHOST_USER_SET_VRING_ADDR", payload = { "payload", 0, "struct", "vhost_user_vring_addr" } },
    [0xa] = { name = "VHOST_USER_SET_VRING_BASE", payload = { "payload", 0, "struct", "vhost_user_vring_state" } },
    [0xb] = { name = "VHOST_USER_GET_VRING_BASE", payload = { "payload", 0, "struct", "vhost_user_vring_state" }, reply = { "payload", 0, "struct", "vhost_user_vring_state" } },
    [0xc] = { name = "VHOST_USER_SET_VRING_KICK", payload = { "payload", 0, "flags", "VHOST_USER_VRING" } },
    [0xd] = { name = "VHOST_USER_SET_VRING_CALL", payload = { "payload", 0, "flags", "VHOST_USER_VRING" } },
    [0xe] = { name = "VHOST_USER_SET_VRING_ERR", payload = { "payload", 0, "flags", "VHOST_USER_VRING" } },
    [0xf] = { name = "VHOST_USER_GET_PROTOCOL_FEATURES", reply = { "payload", 0, "flags", "VHOST_USER_PROTOCOL_F" } },
    [0x10] = { name = "VHOST_USER_SET_PROTOCOL_FEATURES", payload = { "payload", 0, "flags", "VHOST_USER_PROTOCOL_F" } },
    [0x11] = { name = "VHOST_USER_GET_QUEUE_NUM", reply = { "payload", 0, "u64" } },
    [0x12] = { name = "VHOST_USER_SET_VRING_ENABLE", payload = { "payload", 0, "struct", "vhost_user_vring_state" } },
    [0x13] = { name = "VHOST_USER_SEND_RARP", payload = { "payload", 0, "u64" } },
    [0x14] = { name = "VHOST_USER_NET_SET_MTU", payload = { "payload", 0, "u64" } },
    [0x15] = { name = "VHOST_USER_SET_BACKEND_REQ_FD" },
    [0x16] = { name = "VHOST_USER_IOTLB_MSG", payload = { "payload", 0, "struct", "vhost_user_iotlb" }, reply = { "payload", 0, "u64" } },
    [0x17] = { name = "VHOST_USER_SET_VRING_ENDIAN", payload = { "payload", 0, "struct", "vhost_user_vring_state" } },
    [0x18] = { name = "VHOST_USER_GET_CONFIG", payload = { "payload", 0, "struct", "vhost_user_config_hdr" }, reply = { "payload", 0, "struct", "vhost_user_config_hdr" }, optional = true },
    [0x19] = { name = "VHOST_USER_SET_CONFIG", payload = { "payload", 0, "struct", "vhost_user_config_hdr" } },
    [0x1a] = { name = "VHOST_USER_CREATE_CRYPTO_SESSION", payload = { "payload", 0, "u8", rest = true }, reply = { "payload", 0, "u8", rest = true } },
    [0x1b] = { name = "VHOST_USER_CLOSE_CRYPTO_SESSION", payload = { "payload", 0, "u64" } },
    [0x1c] = { name = "VHOST_USER_POSTCOPY_ADVISE" },
    [0x1d] = { name = "VHOST_USER_POSTCOPY_LISTEN" },
    [0x1e] = { name = "VHOST_USER_POSTCOPY_END", reply = { "payload", 0, "u64" } },
    [0x1f] = { name = "VHOST_USER_GET_INFLIGHT_FD", payload = { "payload", 0, "struct", "vhost_user_inflight" }, reply = { "payload", 0, "struct", "vhost_user_inflight" } },
    [0x20] = { name = "VHOST_USER_SET_INFLIGHT_FD", payload = { "payload", 0, "struct", "vhost_user_inflight" } },
    [0x21] = { name = "VHOST_USER_GPU_SET_SOCKET" },
    [0x22] = { name = "VHOST_USER_RESET_DEVICE" },
    [0x23] = { name = "VHOST_USER_VRING_KICK", payload = { "payload", 0, "struct", "vhost_user_vring_state" } },
    [0x24] = { name = "VHOST_USER_GET_MAX_MEM_SLOTS", reply = { "payload", 0, "u64" } },
    [0x25] = { name = "VHOST_USER_ADD_MEM_REG", payload = { "payload", 0, "struct", "vhost_user_mem_reg_msg" } },
    [0x26] = { name = "VHOST_USER_REM_MEM_REG", payload = { "payload", 0, "struct", "vhost_user_mem_reg_msg" } },
    [0x27] = { name = "VHOST_USER_SET_STATUS", payload = { "payload", 0, "u64" } },
    [0x28] = { name = "VHOST_USER_GET_STATUS", reply = { "payload", 0, "u64" } },
    [0x29] = { name = "VHOST_USER_GET_SHARED_OBJECT", payload = { "payload", 0, "struct", "vhost_user_shared" }, reply = { "payload", 0, "struct", "vhost_user_shared" }, optional = true },
    [0x2a] = { name = "VHOST_USER_SET_DEVICE_STATE_FD", payload = { "payload", 0, "struct", "vhost_user_device_state" }, reply = { "payload", 0, "u64" } },
    [0x2b] = { name = "VHOST_USER_CHECK_DEVICE_STATE", reply = { "payload", 0, "u64" } },
    [0x2c] = { name = "VHOST_USER_GET_SHMEM_CONFIG", reply = { "payload", 0, "struct", "vhost_user_shmem_config" } },
    [0x2d] = { name = "VHOST_USER_GET_VRING_BASE_SKIP_DRAIN", payload = { "payload", 0, "struct", "vhost_user_vring_state" }, reply = { "payload", 0, "struct", "vhost_user_vring_state" } },
})
local back_end = Proto(main.name:lower() .. "_back_end", main.description .. ", back-end's channel")

channel(back_end, "vhost_user_backend_request", "vhost_user_hdr", {
    [0x1] = { name = "VHOST_USER_BACKEND_IOTLB_MSG", payload = { "payload", 0, "struct", "vhost_user_iotlb" } },
    [0x2] = { name = "VHOST_USER_BACKEND_CONFIG_CHANGE_MSG" },
    [0x3] = { name = "VHOST_USER_BACKEND_VRING_HOST_NOTIFIER_MSG", payload = { "payload", 0, "struct", "vhost_user_vring_area" } },
    [0x4] = { name = "VHOST_USER_BACKEND_VRING_CALL", payload = { "payload", 0, "struct", "vhost_user_vring_state" } },
    [0x5] = { name = "VHOST_USER_BACKEND_VRING_ERR", payload = { "payload", 0, "struct", "vhost_user_vring_state" } },
    [0x6] = { name = "VHOST_USER_BACKEND_SHARED_OBJECT_ADD", payload = { "payload", 0, "struct", "vhost_user_shared" } },
    [0x7] = { name = "VHOST_USER_BACKEND_SHARED_OBJECT_REMOVE", payload = { "payload", 0, "struct", "vhost_user_shared" } },
    [0x8] = { name = "VHOST_USER_BACKEND_SHARED_OBJECT_LOOKUP", payload = { "payload", 0, "struct", "vhost_user_shared" }, reply = { "payload", 0, "u64" } },
    [0x9] = { name = "VHOST_USER_BACKEND_SHMEM_MAP", payload = { "payload", 0, "struct", "vhost_user_mmap" } },
    [0xa] = { name = "VHOST_USER_BACKEND_SHMEM_UNMAP", payload = { "payload", 0, "struct", "vhost_user_mmap" } },
})

main.fields = registered
