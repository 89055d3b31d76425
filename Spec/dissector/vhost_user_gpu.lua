-- Generated from Spec/vhost-user-gpu.md: `make generate` writes it anew.
-- wireshark -X lua_script:vhost_user_gpu.lua; FORMAT.md of the generator names the packets.

local main = Proto("vhost_user_gpu", "vhost-user-gpu")

local enums, flags, structs = {}, {}, {}

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

flags.VHOST_USER_GPU_MSG_FLAG = { base = "u32", bits = {
    { 0x4, "REPLY", single = true },
} }

enums.vhost_user_gpu_request = { base = "u32", hex = false, values = {
    [0x1] = "VHOST_USER_GPU_GET_PROTOCOL_FEATURES",
    [0x2] = "VHOST_USER_GPU_SET_PROTOCOL_FEATURES",
    [0x3] = "VHOST_USER_GPU_GET_DISPLAY_INFO",
    [0x4] = "VHOST_USER_GPU_CURSOR_POS",
    [0x5] = "VHOST_USER_GPU_CURSOR_POS_HIDE",
    [0x6] = "VHOST_USER_GPU_CURSOR_UPDATE",
    [0x7] = "VHOST_USER_GPU_SCANOUT",
    [0x8] = "VHOST_USER_GPU_UPDATE",
    [0x9] = "VHOST_USER_GPU_DMABUF_SCANOUT",
    [0xa] = "VHOST_USER_GPU_DMABUF_UPDATE",
    [0xb] = "VHOST_USER_GPU_GET_EDID",
    [0xc] = "VHOST_USER_GPU_DMABUF_SCANOUT2",
} }

flags.VHOST_USER_GPU_PROTOCOL_F = { base = "u64", bits = {
    { 0x1, "EDID", single = true },
    { 0x2, "DMABUF2", single = true },
} }

flags.VHOST_USER_GPU_DMABUF = { base = "u32", bits = {
    { 0x1, "Y_0_TOP", single = true },
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

structs.virtio_gpu_resp_edid = { size = 1056, rows = {
    { "hdr", 0, "struct", "virtio_gpu_ctrl_hdr" },
    { "size", 24, "u32" },
    { "padding", 28, "u32" },
    { "edid", 32, "u8", count = 1024, size = 1024 },
}, trailing = {
} }

structs.vhost_user_gpu_hdr = { size = 12, rows = {
    { "request", 0, "enum", "vhost_user_gpu_request" },
    { "flags", 4, "flags", "VHOST_USER_GPU_MSG_FLAG" },
    { "size", 8, "u32" },
}, trailing = {
} }

structs.vhost_user_gpu_edid_request = { size = 4, rows = {
    { "scanout_id", 0, "u32" },
}, trailing = {
} }

structs.vhost_user_gpu_cursor_pos = { size = 12, rows = {
    { "scanout_id", 0, "u32" },
    { "x", 4, "u32" },
    { "y", 8, "u32" },
}, trailing = {
} }

structs.vhost_user_gpu_cursor_update = { size = 16404, rows = {
    { "pos", 0, "struct", "vhost_user_gpu_cursor_pos" },
    { "hot_x", 12, "u32" },
    { "hot_y", 16, "u32" },
    { "cursor", 20, "u32", count = 4096, size = 16384 },
}, trailing = {
} }

structs.vhost_user_gpu_scanout = { size = 12, rows = {
    { "scanout_id", 0, "u32" },
    { "width", 4, "u32" },
    { "height", 8, "u32" },
}, trailing = {
} }

structs.vhost_user_gpu_update = { size = 20, rows = {
    { "scanout_id", 0, "u32" },
    { "x", 4, "u32" },
    { "y", 8, "u32" },
    { "width", 12, "u32" },
    { "height", 16, "u32" },
}, trailing = {
    { "data", 0, "u8", rest = true, element = 1 },
} }

structs.vhost_user_gpu_dmabuf_scanout = { size = 40, rows = {
    { "scanout_id", 0, "u32" },
    { "x", 4, "u32" },
    { "y", 8, "u32" },
    { "width", 12, "u32" },
    { "height", 16, "u32" },
    { "fd_width", 20, "u32" },
    { "fd_height", 24, "u32" },
    { "fd_stride", 28, "u32" },
    { "fd_flags", 32, "flags", "VHOST_USER_GPU_DMABUF" },
    { "fd_drm_fourcc", 36, "i32" },
}, trailing = {
} }

structs.vhost_user_gpu_dmabuf_scanout2 = { size = 48, rows = {
    { "dmabuf_scanout", 0, "struct", "vhost_user_gpu_dmabuf_scanout" },
    { "modifier", 40, "u64" },
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

channel(main, "vhost_user_gpu_request", "vhost_user_gpu_hdr", {
    [0x1] = { name = "VHOST_USER_GPU_GET_PROTOCOL_FEATURES", reply = { "payload", 0, "flags", "VHOST_USER_GPU_PROTOCOL_F" } },
    [0x2] = { name = "VHOST_USER_GPU_SET_PROTOCOL_FEATURES", payload = { "payload", 0, "flags", "VHOST_USER_GPU_PROTOCOL_F" } },
    [0x3] = { name = "VHOST_USER_GPU_GET_DISPLAY_INFO", reply = { "payload", 0, "struct", "virtio_gpu_resp_display_info" } },
    [0x4] = { name = "VHOST_USER_GPU_CURSOR_POS", payload = { "payload", 0, "struct", "vhost_user_gpu_cursor_pos" } },
    [0x5] = { name = "VHOST_USER_GPU_CURSOR_POS_HIDE", payload = { "payload", 0, "struct", "vhost_user_gpu_cursor_pos" } },
    [0x6] = { name = "VHOST_USER_GPU_CURSOR_UPDATE", payload = { "payload", 0, "struct", "vhost_user_gpu_cursor_update" } },
    [0x7] = { name = "VHOST_USER_GPU_SCANOUT", payload = { "payload", 0, "struct", "vhost_user_gpu_scanout" } },
    [0x8] = { name = "VHOST_USER_GPU_UPDATE", payload = { "payload", 0, "struct", "vhost_user_gpu_update" } },
    [0x9] = { name = "VHOST_USER_GPU_DMABUF_SCANOUT", payload = { "payload", 0, "struct", "vhost_user_gpu_dmabuf_scanout" } },
    [0xa] = { name = "VHOST_USER_GPU_DMABUF_UPDATE", payload = { "payload", 0, "struct", "vhost_user_gpu_update" } },
    [0xb] = { name = "VHOST_USER_GPU_GET_EDID", payload = { "payload", 0, "struct", "vhost_user_gpu_edid_request" }, reply = { "payload", 0, "struct", "virtio_gpu_resp_edid" } },
    [0xc] = { name = "VHOST_USER_GPU_DMABUF_SCANOUT2", payload = { "payload", 0, "struct", "vhost_user_gpu_dmabuf_scanout2" } },
})

main.fields = registered
