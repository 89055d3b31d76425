// The part of the media dissector that no table tells: what follows an ioctl's payload.
// Spec/media.md, "What follows an ioctl".

extension LuaEngine {
    /// `dissect_ioctl`: an ioctl's payload, then planes, entries and UUIDs.
    static let ioctlPayloads = #"""

        local number_rows = {}
        for code, kind in pairs(ioctl_numbers) do
            local row = { "payload", 0, kind }
            make_field(row, prefix .. "." .. enums[ioctl_enum].values[code]:lower(), row[1])
            number_rows[code] = row
        end
        local field_uuid = register(ProtoField.bytes(prefix .. ".uuid", "UUID"))
        local field_plane = register(ProtoField.none(prefix .. ".plane", "plane"))
        local field_entry = register(ProtoField.none(prefix .. ".entry", "entry"))

        local function follow_struct(name, field, tvb, at, limit, tree)
            local size = structs[name].size
            if at + size > limit then
                truncated(tree, name, at, at + size, limit)
                return nil
            end
            return dissect(name, tvb, at, limit, tree:add(field, tvb(at, size)))
        end

        --- A UUID for each plane.
        local function follow_uuids(count, tvb, at, limit, tree)
            for _ = 1, count do
                if at + 16 > limit then
                    truncated(tree, "a UUID", at, at + 16, limit)
                    return nil
                end
                tree:add(field_uuid, tvb(at, 16))
                at = at + 16
            end
            return at
        end

        --- Entries until they cover `length` bytes.
        local function follow_entries(length, tvb, at, limit, tree)
            local covered = 0
            while covered < length do
                local after, entry =
                    follow_struct("virtio_media_sg_entry", field_entry, tvb, at, limit, tree)
                if after == nil then return nil end
                covered = covered + entry.len
                at = after
            end
            return at
        end

        local function follow_buffer(buffer, tvb, at, limit, tree, is_command)
            local lengths = { buffer.length }
            if buffer.type == 9 or buffer.type == 10 then
                lengths = {}
                if buffer.length > 8 then
                    tree:add_proto_expert_info(expert_truncated,
                        "Malformed: a buffer has at most 8 planes")
                    return nil
                end
                for index = 1, buffer.length do
                    local after, plane =
                        follow_struct("v4l2_plane", field_plane, tvb, at, limit, tree)
                    if after == nil then return nil end
                    lengths[index] = plane.length
                    at = after
                end
            end
            if buffer.memory == 4 then return follow_uuids(#lengths, tvb, at, limit, tree) end
            if buffer.memory == 2 and is_command then
                for _, length in ipairs(lengths) do
                    at = follow_entries(length, tvb, at, limit, tree)
                    if at == nil then return nil end
                end
            end
            return at
        end

        --- Where an ioctl's payload ends with what follows it; nil when it is cut short.
        local function dissect_ioctl(code, tvb, at, limit, tree, is_command)
            if at >= limit then return at end
            local row = number_rows[code]
            if row then
                if at + row.size > limit then
                    truncated(tree, "the payload", at, at + row.size, limit)
                    return nil
                end
                dissect_element(row, tvb, at, limit, tree)
                return at + row.size
            end
            local name = ioctls[code]
            if name == nil then return at end
            local after, values = dissect(name, tvb, at, limit, tree)
            if after == nil then return nil end
            if name == "v4l2_buffer" then
                return follow_buffer(values, tvb, after, limit, tree, is_command)
            elseif name == "v4l2_exportbuffer" then
                return follow_uuids(1, tvb, after, limit, tree)
            elseif name == "v4l2_ext_controls" and is_command then
                local first = at + structs[name].size
                for index = 0, values.count - 1 do
                    local size = tvb(first + index * structs.v4l2_ext_control.size + 4, 4)
                    after = follow_entries(size:le_uint(), tvb, after, limit, tree)
                    if after == nil then return nil end
                end
            end
            return after
        end

        """#
}
