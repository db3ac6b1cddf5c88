package org.iommu4j.shell.command;

import jakarta.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.iommu4j.api.Device;
import org.iommu4j.api.IommuGroup;
import org.iommu4j.api.ReservedRegion;
import org.iommu4j.api.status.UnitReport;
import org.iommu4j.shell.answer.Answer;
import org.iommu4j.shell.answer.Notation;
import org.iommu4j.shell.answer.Table;

/** What {@code groups FILE} shows: units, groups, why devices share one, and what is reserved. */
record CapturedGroups(List<String> notes, List<UnitReport> units, List<IommuGroup> groups) {
    private record Member(int group, Device device) {
    }

    Answer answer() {
        Answer unitTable = unitTable();
        List<Member> members = groups.stream()
                .flatMap(group -> group.devices().stream().map(device -> new Member(group.id(), device))).toList();
        Answer memberTable = memberTable(members);
        Answer groupTable = groupTable();
        String text = String.join("\n\n", List.of(unitTable.text(), memberTable.text(), remarks())).stripTrailing();
        return new Answer(text, Json.createObjectBuilder().add("units", unitTable.json())
                .add("groups", groupTable.json()).add("notes", Json.createArrayBuilder(notes)).build());
    }

    private Answer unitTable() {
        return new Table<UnitReport>()
                .column("unit", UnitReport::name)
                .column("registers", unit -> Notation.hex(unit.registerBase()))
                .column("state", UnitReport::state)
                .column("devices", UnitReport::devices)
                .detail("why", UnitReport::why)
                .of(units, "no units");
    }

    private static Answer memberTable(List<Member> members) {
        return new Table<Member>()
                .column("group", Member::group)
                .column("device", member -> member.device.address())
                .column("ids", member -> ids(member.device))
                .column("class", member -> String.format("%06x", member.device.classCode()))
                .of(members, "no groups");
    }

    private Answer groupTable() {
        return new Table<IommuGroup>()
                .column("group", IommuGroup::id)
                .column("devices", group -> group.devices().stream().map(Device::address).toList())
                .detail("reserved", group -> group.reservedRegions().stream().map(GroupsCommand::text).toList())
                .detail("reasons", IommuGroup::reasons)
                .of(groups, "no groups");
    }

    /** Reasons, then reserved regions, then notes; a region of every group is said once. */
    private String remarks() {
        List<String> lines = new ArrayList<>();
        List<ReservedRegion> everywhere = groups.isEmpty() ? List.of() : groups.get(0).reservedRegions().stream()
                .filter(region -> groups.stream().allMatch(group -> group.reservedRegions().contains(region))).toList();
        groups.forEach(group -> group.reasons().forEach(reason -> lines.add("group " + group.id() + ": " + reason)));
        groups.forEach(group -> group.reservedRegions().stream().filter(region -> !everywhere.contains(region))
                .forEach(region -> lines.add("group " + group.id() + ": reserved " + GroupsCommand.text(region))));
        everywhere.forEach(region -> lines.add("every group: reserved " + GroupsCommand.text(region)));
        notes.forEach(note -> lines.add("note: " + note));
        return lines.stream().collect(Collectors.joining("\n"));
    }

    private static String ids(Device device) {
        return String.format("%04x:%04x", device.vendorId(), device.deviceId());
    }
}
