package org.iommu4j.amdvi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.Map;
import org.iommu4j.amdvi.entries.DeviceTableEntry;
import org.iommu4j.amdvi.entries.HostEntry;
import org.iommu4j.amdvi.queues.CompletionWait;
import org.iommu4j.amdvi.queues.InvalidateAll;
import org.iommu4j.amdvi.queues.InvalidateEntry;
import org.iommu4j.amdvi.queues.InvalidatePages;
import org.iommu4j.amdvi.registers.BaseRegister;
import org.iommu4j.amdvi.registers.Control;
import org.iommu4j.amdvi.registers.ExtendedFeatures;
import org.iommu4j.amdvi.registers.Status;
import org.iommu4j.driver.golden.GoldenLayouts;
import org.iommu4j.driver.layout.Layout;
import org.junit.jupiter.api.Test;

/**
 * What Linux wrote into an AMD IOMMU's tables, command buffer and registers, with every bit decoded by others: each row
 * must decode to the fields given, with no bit left over, and those fields must encode to the row.
 */
class GoldenTest {
    private static final Map<String, Layout> ENTRIES =
            Map.of("dte", DeviceTableEntry.LAYOUT, "pde", HostEntry.TABLE, "pte", HostEntry.LEAF);
    private static final Map<String, Layout> COMMANDS = Map.of("COMPLETION_WAIT", CompletionWait.LAYOUT,
            "INVALIDATE_IOMMU_PAGES", InvalidatePages.LAYOUT, "INVALIDATE_DEVTAB_ENTRY (reconstructed)",
            InvalidateEntry.LAYOUT, "INVALIDATE_IOMMU_ALL (reconstructed)", InvalidateAll.LAYOUT);
    private static final Map<String, Layout> REGISTERS = Map.of("DEVICE TABLE BASE", BaseRegister.DEVICE_TABLE,
            "COMMAND BUFFER BASE", BaseRegister.COMMANDS, "EVENT LOG BASE", BaseRegister.EVENTS, "CONTROL",
            Control.LAYOUT, "EXTENDED FEATURE", ExtendedFeatures.LAYOUT, "CMD HEAD", BaseRegister.POINTERS, "CMD TAIL",
            BaseRegister.POINTERS, "EVENT HEAD", BaseRegister.POINTERS, "EVENT TAIL", BaseRegister.POINTERS, "STATUS",
            Status.LAYOUT);

    private static final GoldenLayouts ROWS = new GoldenLayouts("amd");

    @Test
    void table_entries_decode_to_the_given_fields_and_back() throws IOException {
        assertEquals(68, ROWS.entries(ENTRIES));
    }

    @Test
    void commands_decode_to_the_given_fields_and_back() throws IOException {
        assertEquals(35, ROWS.commands(COMMANDS));
    }

    @Test
    void registers_decode_to_the_given_fields_and_back() throws IOException {
        assertEquals(10, ROWS.registers(REGISTERS));
    }
}
