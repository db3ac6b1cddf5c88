package org.iommu4j.amdvi.firmware;

import java.util.function.Consumer;

/** The devices that a unit's entries name, ranges put together. */
final class DeviceRanges {
    private static final int LAST_ID = (1 << 16) - 1;

    private DeviceRanges() {
    }

    /** Receives consecutive ids that are named together. */
    @FunctionalInterface
    interface Visitor {
        /** @param entry the one that says it; for a range its start */
        void range(DeviceEntry entry, int first, int last);
    }

    /** @param warnings gets what is odd, a sentence each */
    static void visit(IvrsTable.Ivhd unit, Visitor visitor, Consumer<String> warnings) {
        DeviceEntry start = null;
        for (DeviceEntry entry : unit.entries()) {
            if (start != null && entry.type() != DeviceEntry.RANGE_END && !entry.isPad()) {
                warnings.accept(at(start) + "begins a range that has no end; it is left out");
                start = null;
            }
            if (entry.startsRange()) {
                start = entry;
            } else if (entry.type() == DeviceEntry.RANGE_END) {
                end(start, entry, visitor, warnings);
                start = null;
            } else if (entry.type() == DeviceEntry.ALL) {
                visitor.range(entry, 0, LAST_ID);
            } else if (entry.selectsOne()) {
                visitor.range(entry, entry.id(), entry.id());
            } else if (!entry.isPad() && entry.type() != DeviceEntry.SPECIAL) {
                warnings.accept(at(entry) + String.format("has the unknown type %#x and is left out", entry.type()));
            }
        }
        if (start != null) {
            warnings.accept(at(start) + "begins a range that has no end; it is left out");
        }
    }

    private static void end(DeviceEntry start, DeviceEntry end, Visitor visitor, Consumer<String> warnings) {
        if (start == null) {
            warnings.accept(at(end) + "ends a range that has no start; it is left out");
        } else if (end.id() < start.id()) {
            warnings.accept(at(end) + String.format("ends at %#06x a range that starts at %#06x; it is left out",
                    end.id(), start.id()));
        } else {
            visitor.range(start, start.id(), end.id());
        }
    }

    private static String at(DeviceEntry entry) {
        return String.format("IVRS offset %#x: device entry ", entry.offset());
    }
}
