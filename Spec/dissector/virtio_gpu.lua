-- Generated from Spec/gpu.md: `make generate` writes it anew.
-- wireshark -X lua_script:virtio_gpu.lua; FORMAT.md of the generator names the packets.

local main = Proto("virtio_gpu", "virtio-gpu")

local enums, flags, structs = {}, {}, {}

flags.VIRTIO_GPU_F = { base = "u64", bits = {
    { 0x1, "VIRGL", single = true },
    { 0x2, "EDID", single = true },
    { 0x4, "RESOURCE_UUID", single = true },
    { 0x8, "RESOURCE_BLOB", single = true },
    { 0x10, "CONTEXT_INIT", single = true },
    { 0x20, "BLOB_ALIGNMENT", single = true },
} }

enums.virtio_gpu_ctrl_type = { base = "u32", hex = true, values = {
    [0x0] = "VIRTIO_GPU_UNDEFINED",
    [0x100] = "VIRTIO_GPU_CMD_GET_DISPLAY_INFO",
    [0x101] = "VIRTIO_GPU_CMD_RESOURCE_CREATE_2D",
    [0x102] = "VIRTIO_GPU_CMD_RESOURCE_UNREF",
    [0x103] = "VIRTIO_GPU_CMD_SET_SCANOUT",
    [0x104] = "VIRTIO_GPU_CMD_RESOURCE_FLUSH",
    [0x105] = "VIRTIO_GPU_CMD_TRANSFER_TO_HOST_2D",
    [0x106] = "VIRTIO_GPU_CMD_RESOURCE_ATTACH_BACKING",
    [0x107] = "VIRTIO_GPU_CMD_RESOURCE_DETACH_BACKING",
    [0x108] = "VIRTIO_GPU_CMD_GET_CAPSET_INFO",
    [0x109] = "VIRTIO_GPU_CMD_GET_CAPSET",
    [0x10a] = "VIRTIO_GPU_CMD_GET_EDID",
    [0x10b] = "VIRTIO_GPU_CMD_RESOURCE_ASSIGN_UUID",
    [0x10c] = "VIRTIO_GPU_CMD_RESOURCE_CREATE_BLOB",
    [0x10d] = "VIRTIO_GPU_CMD_SET_SCANOUT_BLOB",
    [0x200] = "VIRTIO_GPU_CMD_CTX_CREATE",
    [0x201] = "VIRTIO_GPU_CMD_CTX_DESTROY",
    [0x202] = "VIRTIO_GPU_CMD_CTX_ATTACH_RESOURCE",
    [0x203] = "VIRTIO_GPU_CMD_CTX_DETACH_RESOURCE",
    [0x204] = "VIRTIO_GPU_CMD_RESOURCE_CREATE_3D",
    [0x205] = "VIRTIO_GPU_CMD_TRANSFER_TO_HOST_3D",
    [0x206] = "VIRTIO_GPU_CMD_TRANSFER_FROM_HOST_3D",
    [0x207] = "VIRTIO_GPU_CMD_SUBMIT_3D",
    [0x208] = "VIRTIO_GPU_CMD_RESOURCE_MAP_BLOB",
    [0x209] = "VIRTIO_GPU_CMD_RESOURCE_UNMAP_BLOB",
    [0x300] = "VIRTIO_GPU_CMD_UPDATE_CURSOR",
    [0x301] = "VIRTIO_GPU_CMD_MOVE_CURSOR",
    [0x1100] = "VIRTIO_GPU_RESP_OK_NODATA",
    [0x1101] = "VIRTIO_GPU_RESP_OK_DISPLAY_INFO",
    [0x1102] = "VIRTIO_GPU_RESP_OK_CAPSET_INFO",
    [0x1103] = "VIRTIO_GPU_RESP_OK_CAPSET",
    [0x1104] = "VIRTIO_GPU_RESP_OK_EDID",
    [0x1105] = "VIRTIO_GPU_RESP_OK_RESOURCE_UUID",
    [0x1106] = "VIRTIO_GPU_RESP_OK_MAP_INFO",
    [0x1200] = "VIRTIO_GPU_RESP_ERR_UNSPEC",
    [0x1201] = "VIRTIO_GPU_RESP_ERR_OUT_OF_MEMORY",
    [0x1202] = "VIRTIO_GPU_RESP_ERR_INVALID_SCANOUT_ID",
    [0x1203] = "VIRTIO_GPU_RESP_ERR_INVALID_RESOURCE_ID",
    [0x1204] = "VIRTIO_GPU_RESP_ERR_INVALID_CONTEXT_ID",
    [0x1205] = "VIRTIO_GPU_RESP_ERR_INVALID_PARAMETER",
} }

flags.VIRTIO_GPU_FLAG = { base = "u32", bits = {
    { 0x1, "FENCE", single = true },
    { 0x2, "INFO_RING_IDX", single = true },
} }

enums.virtio_gpu_formats = { base = "u32", hex = false, values = {
    [0x1] = "VIRTIO_GPU_FORMAT_B8G8R8A8_UNORM",
    [0x2] = "VIRTIO_GPU_FORMAT_B8G8R8X8_UNORM",
    [0x3] = "VIRTIO_GPU_FORMAT_A8R8G8B8_UNORM",
    [0x4] = "VIRTIO_GPU_FORMAT_X8R8G8B8_UNORM",
    [0x43] = "VIRTIO_GPU_FORMAT_R8G8B8A8_UNORM",
    [0x44] = "VIRTIO_GPU_FORMAT_X8B8G8R8_UNORM",
    [0x79] = "VIRTIO_GPU_FORMAT_A8B8G8R8_UNORM",
    [0x86] = "VIRTIO_GPU_FORMAT_R8G8B8X8_UNORM",
} }

enums.VIRTIO_GPU_CAPSET = { base = "u32", hex = false, values = {
    [0x1] = "VIRTIO_GPU_CAPSET_VIRGL",
    [0x2] = "VIRTIO_GPU_CAPSET_VIRGL2",
    [0x3] = "VIRTIO_GPU_CAPSET_GFXSTREAM",
    [0x4] = "VIRTIO_GPU_CAPSET_VENUS",
    [0x5] = "VIRTIO_GPU_CAPSET_CROSS_DOMAIN",
    [0x6] = "VIRTIO_GPU_CAPSET_DRM",
} }

enums.VIRTIO_GPU_BLOB_MEM = { base = "u32", hex = false, values = {
    [0x1] = "VIRTIO_GPU_BLOB_MEM_GUEST",
    [0x2] = "VIRTIO_GPU_BLOB_MEM_HOST3D",
    [0x3] = "VIRTIO_GPU_BLOB_MEM_HOST3D_GUEST",
} }

flags.VIRTIO_GPU_BLOB_FLAG = { base = "u32", bits = {
    { 0x1, "USE_MAPPABLE", single = true },
    { 0x2, "USE_SHAREABLE", single = true },
    { 0x4, "USE_CROSS_DEVICE", single = true },
} }

enums.virtio_gpu_shm_id = { base = "u8", hex = false, values = {
    [0x0] = "VIRTIO_GPU_SHM_ID_UNDEFINED",
    [0x1] = "VIRTIO_GPU_SHM_ID_HOST_VISIBLE",
} }

enums.VIRTIO_GPU_MAP_CACHE = { base = "u32", hex = false, values = {
    [0x0] = "VIRTIO_GPU_MAP_CACHE_NONE",
    [0x1] = "VIRTIO_GPU_MAP_CACHE_CACHED",
    [0x2] = "VIRTIO_GPU_MAP_CACHE_UNCACHED",
    [0x3] = "VIRTIO_GPU_MAP_CACHE_WC",
} }

structs.virtio_gpu_config = { size = 16, rows = {
    { "events_read", 0, "u32" },
    { "events_clear", 4, "u32" },
    { "num_scanouts", 8, "u32" },
    { "num_capsets", 12, "u32" },
}, trailing = {
} }

structs.virtio_gpu_config_aligned = { size = 20, rows = {
    { "config", 0, "struct", "virtio_gpu_config" },
    { "blob_alignment", 16, "u32" },
}, trailing = {
} }

structs.virtio_gpu_ctrl_hdr = { size = 24, rows = {
    { "type", 0, "enum", "virtio_gpu_ctrl_type" },
    { "flags", 4, "flags", "VIRTIO_GPU_FLAG" },
    { "fence_id", 8, "u64" },
    { "ctx_id", 16, "u32" },
    { "ring_idx", 20, "u8" },
    { "padding", 21, "u8", count = 3, size = 3 },
}, trailing = {
} }

structs.virtio_gpu_rect = { size = 16, rows = {
    { "x", 0, "u32" },
    { "y", 4, "u32" },
    { "width", 8, "u32" },
    { "height", 12, "u32" },
}, trailing = {
} }

structs.virtio_gpu_display_one = { size = 24, rows = {
    { "r", 0, "struct", "virtio_gpu_rect" },
    { "enabled", 16, "u32" },
    { "flags", 20, "u32" },
}, trailing = {
} }

structs.virtio_gpu_resp_display_info = { size = 408, rows = {
    { "hdr", 0, "struct", "virtio_gpu_ctrl_hdr" },
    { "pmodes", 24, "struct", "virtio_gpu_display_one", count = 16, size = 384 },
}, trailing = {
} }

structs.virtio_gpu_get_edid = { size = 32, rows = {
    { "hdr", 0, "struct", "virtio_gpu_ctrl_hdr" },
    { "scanout", 24, "u32" },
    { "padding", 28, "u32" },
}, trailing = {
} }

structs.virtio_gpu_resp_edid = { size = 1056, rows = {
    { "hdr", 0, "struct", "virtio_gpu_ctrl_hdr" },
    { "size", 24, "u32" },
    { "padding", 28, "u32" },
    { "edid", 32, "u8", count = 1024, size = 1024 },
}, trailing = {
} }

structs.virtio_gpu_resource_create_2d = { size = 40, rows = {
    { "hdr", 0, "struct", "virtio_gpu_ctrl_hdr" },
    { "resource_id", 24, "u32" },
    { "format", 28, "enum", "virtio_gpu_formats" },
    { "width", 32, "u32" },
    { "height", 36, "u32" },
}, trailing = {
} }

structs.virtio_gpu_set_scanout = { size = 48, rows = {
    { "hdr", 0, "struct", "virtio_gpu_ctrl_hdr" },
    { "r", 24, "struct", "virtio_gpu_rect" },
    { "scanout_id", 40, "u32" },
    { "resource_id", 44, "u32" },
}, trailing = {
} }

structs.virtio_gpu_resource_flush = { size = 48, rows = {
    { "hdr", 0, "struct", "virtio_gpu_ctrl_hdr" },
    { "r", 24, "struct", "virtio_gpu_rect" },
    { "resource_id", 40, "u32" },
    { "padding", 44, "u32" },
}, trailing = {
} }

structs.virtio_gpu_transfer_to_host_2d = { size = 56, rows = {
    { "hdr", 0, "struct", "virtio_gpu_ctrl_hdr" },
    { "r", 24, "struct", "virtio_gpu_rect" },
    { "offset", 40, "u64" },
    { "resource_id", 48, "u32" },
    { "padding", 52, "u32" },
}, trailing = {
} }

structs.virtio_gpu_set_scanout_blob = { size = 96, rows = {
    { "hdr", 0, "struct", "virtio_gpu_ctrl_hdr" },
    { "r", 24, "struct", "virtio_gpu_rect" },
    { "scanout_id", 40, "u32" },
    { "resource_id", 44, "u32" },
    { "width", 48, "u32" },
    { "height", 52, "u32" },
    { "format", 56, "enum", "virtio_gpu_formats" },
    { "padding", 60, "u32" },
    { "strides", 64, "u32", count = 4, size = 16 },
    { "offsets", 80, "u32", count = 4, size = 16 },
}, trailing = {
} }

structs.virtio_gpu_resource_unref = { size = 32, rows = {
    { "hdr", 0, "struct", "virtio_gpu_ctrl_hdr" },
    { "resource_id", 24, "u32" },
    { "padding", 28, "u32" },
}, trailing = {
} }

structs.virtio_gpu_mem_entry = { size = 16, rows = {
    { "addr", 0, "u64" },
    { "length", 8, "u32" },
    { "padding", 12, "u32" },
}, trailing = {
} }

structs.virtio_gpu_resource_attach_backing = { size = 32, rows = {
    { "hdr", 0, "struct", "virtio_gpu_ctrl_hdr" },
    { "resource_id", 24, "u32" },
    { "nr_entries", 28, "u32" },
}, trailing = {
    { "entries", 0, "struct", "virtio_gpu_mem_entry", counted = "nr_entries", element = 16 },
} }

structs.virtio_gpu_resource_detach_backing = { size = 32, rows = {
    { "hdr", 0, "struct", "virtio_gpu_ctrl_hdr" },
    { "resource_id", 24, "u32" },
    { "padding", 28, "u32" },
}, trailing = {
} }

structs.virtio_gpu_resource_assign_uuid = { size = 32, rows = {
    { "hdr", 0, "struct", "virtio_gpu_ctrl_hdr" },
    { "resource_id", 24, "u32" },
    { "padding", 28, "u32" },
}, trailing = {
} }

structs.virtio_gpu_resp_resource_uuid = { size = 40, rows = {
    { "hdr", 0, "struct", "virtio_gpu_ctrl_hdr" },
    { "uuid", 24, "u8", count = 16, size = 16 },
}, trailing = {
} }

structs.virtio_gpu_get_capset_info = { size = 32, rows = {
    { "hdr", 0, "struct", "virtio_gpu_ctrl_hdr" },
    { "capset_index", 24, "u32" },
    { "padding", 28, "u32" },
}, trailing = {
} }

structs.virtio_gpu_resp_capset_info = { size = 40, rows = {
    { "hdr", 0, "struct", "virtio_gpu_ctrl_hdr" },
    { "capset_id", 24, "enum", "VIRTIO_GPU_CAPSET" },
    { "capset_max_version", 28, "u32" },
    { "capset_max_size", 32, "u32" },
    { "padding", 36, "u32" },
}, trailing = {
} }

structs.virtio_gpu_get_capset = { size = 32, rows = {
    { "hdr", 0, "struct", "virtio_gpu_ctrl_hdr" },
    { "capset_id", 24, "enum", "VIRTIO_GPU_CAPSET" },
    { "capset_version", 28, "u32" },
}, trailing = {
} }

structs.virtio_gpu_resp_capset = { size = 24, rows = {
    { "hdr", 0, "struct", "virtio_gpu_ctrl_hdr" },
}, trailing = {
    { "capset_data", 0, "u8", rest = true, element = 1 },
} }

structs.virtio_gpu_resource_create_blob = { size = 56, rows = {
    { "hdr", 0, "struct", "virtio_gpu_ctrl_hdr" },
    { "resource_id", 24, "u32" },
    { "blob_mem", 28, "enum", "VIRTIO_GPU_BLOB_MEM" },
    { "blob_flags", 32, "flags", "VIRTIO_GPU_BLOB_FLAG" },
    { "nr_entries", 36, "u32" },
    { "blob_id", 40, "u64" },
    { "size", 48, "u64" },
}, trailing = {
    { "entries", 0, "struct", "virtio_gpu_mem_entry", counted = "nr_entries", element = 16 },
} }

structs.virtio_gpu_resource_map_blob = { size = 40, rows = {
    { "hdr", 0, "struct", "virtio_gpu_ctrl_hdr" },
    { "resource_id", 24, "u32" },
    { "padding", 28, "u32" },
    { "offset", 32, "u64" },
}, trailing = {
} }

structs.virtio_gpu_resp_map_info = { size = 32, rows = {
    { "hdr", 0, "struct", "virtio_gpu_ctrl_hdr" },
    { "map_info", 24, "enum", "VIRTIO_GPU_MAP_CACHE" },
    { "padding", 28, "u32" },
}, trailing = {
} }

structs.virtio_gpu_resource_unmap_blob = { size = 32, rows = {
    { "hdr", 0, "struct", "virtio_gpu_ctrl_hdr" },
    { "resource_id", 24, "u32" },
    { "padding", 28, "u32" },
}, trailing = {
} }

structs.virtio_gpu_ctx_create = { size = 96, rows = {
    { "hdr", 0, "struct", "virtio_gpu_ctrl_hdr" },
    { "nlen", 24, "u32" },
    { "context_init", 28, "u32" },
    { "debug_name", 32, "u8", count = 64, size = 64, text = true },
}, trailing = {
} }

structs.virtio_gpu_ctx_destroy = { size = 24, rows = {
    { "hdr", 0, "struct", "virtio_gpu_ctrl_hdr" },
}, trailing = {
} }

structs.virtio_gpu_ctx_resource = { size = 32, rows = {
    { "hdr", 0, "struct", "virtio_gpu_ctrl_hdr" },
    { "resource_id", 24, "u32" },
    { "padding", 28, "u32" },
}, trailing = {
} }

structs.virtio_gpu_resource_create_3d = { size = 72, rows = {
    { "hdr", 0, "struct", "virtio_gpu_ctrl_hdr" },
    { "resource_id", 24, "u32" },
    { "target", 28, "u32" },
    { "format", 32, "u32" },
    { "bind", 36, "u32" },
    { "width", 40, "u32" },
    { "height", 44, "u32" },
    { "depth", 48, "u32" },
    { "array_size", 52, "u32" },
    { "last_level", 56, "u32" },
    { "nr_samples", 60, "u32" },
    { "flags", 64, "u32" },
    { "padding", 68, "u32" },
}, trailing = {
} }

structs.virtio_gpu_box = { size = 24, rows = {
    { "x", 0, "u32" },
    { "y", 4, "u32" },
    { "z", 8, "u32" },
    { "w", 12, "u32" },
    { "h", 16, "u32" },
    { "d", 20, "u32" },
}, trailing = {
} }

structs.virtio_gpu_transfer_host_3d = { size = 72, rows = {
    { "hdr", 0, "struct", "virtio_gpu_ctrl_hdr" },
    { "box", 24, "struct", "virtio_gpu_box" },
    { "offset", 48, "u64" },
    { "resource_id", 56, "u32" },
    { "level", 60, "u32" },
    { "stride", 64, "u32" },
    { "layer_stride", 68, "u32" },
}, trailing = {
} }

structs.virtio_gpu_cmd_submit = { size = 32, rows = {
    { "hdr", 0, "struct", "virtio_gpu_ctrl_hdr" },
    { "size", 24, "u32" },
    { "padding", 28, "u32" },
}, trailing = {
    { "commands", 0, "u8", counted = "size", element = 1 },
} }

structs.virtio_gpu_cursor_pos = { size = 16, rows = {
    { "scanout_id", 0, "u32" },
    { "x", 4, "u32" },
    { "y", 8, "u32" },
    { "padding", 12, "u32" },
}, trailing = {
} }

structs.virtio_gpu_update_cursor = { size = 56, rows = {
    { "hdr", 0, "struct", "virtio_gpu_ctrl_hdr" },
    { "pos", 24, "struct", "virtio_gpu_cursor_pos" },
    { "resource_id", 40, "u32" },
    { "hot_x", 44, "u32" },
    { "hot_y", 48, "u32" },
    { "padding", 52, "u32" },
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
local code_enum = "virtio_gpu_ctrl_type"
local header = "virtio_gpu_ctrl_hdr"
local messages = {
    [0x100] = "virtio_gpu_ctrl_hdr",
    [0x101] = "virtio_gpu_resource_create_2d",
    [0x102] = "virtio_gpu_resource_unref",
    [0x103] = "virtio_gpu_set_scanout",
    [0x104] = "virtio_gpu_resource_flush",
    [0x105] = "virtio_gpu_transfer_to_host_2d",
    [0x106] = "virtio_gpu_resource_attach_backing",
    [0x107] = "virtio_gpu_resource_detach_backing",
    [0x108] = "virtio_gpu_get_capset_info",
    [0x109] = "virtio_gpu_get_capset",
    [0x10a] = "virtio_gpu_get_edid",
    [0x10b] = "virtio_gpu_resource_assign_uuid",
    [0x10c] = "virtio_gpu_resource_create_blob",
    [0x10d] = "virtio_gpu_set_scanout_blob",
    [0x200] = "virtio_gpu_ctx_create",
    [0x201] = "virtio_gpu_ctrl_hdr",
    [0x202] = "virtio_gpu_ctx_resource",
    [0x203] = "virtio_gpu_ctx_resource",
    [0x204] = "virtio_gpu_resource_create_3d",
    [0x205] = "virtio_gpu_transfer_host_3d",
    [0x206] = "virtio_gpu_transfer_host_3d",
    [0x207] = "virtio_gpu_cmd_submit",
    [0x208] = "virtio_gpu_resource_map_blob",
    [0x209] = "virtio_gpu_resource_unmap_blob",
    [0x300] = "virtio_gpu_update_cursor",
    [0x301] = "virtio_gpu_update_cursor",
    [0x1100] = "virtio_gpu_ctrl_hdr",
    [0x1101] = "virtio_gpu_resp_display_info",
    [0x1102] = "virtio_gpu_resp_capset_info",
    [0x1103] = "virtio_gpu_resp_capset",
    [0x1104] = "virtio_gpu_resp_edid",
    [0x1105] = "virtio_gpu_resp_resource_uuid",
    [0x1106] = "virtio_gpu_resp_map_info",
    [0x1200] = "virtio_gpu_ctrl_hdr",
    [0x1201] = "virtio_gpu_ctrl_hdr",
    [0x1202] = "virtio_gpu_ctrl_hdr",
    [0x1203] = "virtio_gpu_ctrl_hdr",
    [0x1204] = "virtio_gpu_ctrl_hdr",
    [0x1205] = "virtio_gpu_ctrl_hdr",
}

function main.dissector(tvb, pinfo, tree)
    local root = begin(main, tvb, pinfo, tree)
    local code = code_of(code_enum, tvb, pinfo, root)
    if code == nil then return end
    local after = dissect(messages[code] or header, tvb, 0, tvb:len(), root)
    finish(after, tvb, tvb:len(), pinfo, root)
end

main.fields = registered
