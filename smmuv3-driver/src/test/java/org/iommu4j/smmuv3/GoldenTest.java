package org.iommu4j.smmuv3;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.Map;
import org.iommu4j.driver.golden.GoldenLayouts;
import org.iommu4j.driver.layout.Layout;
import org.iommu4j.smmuv3.entries.ContextEntry;
import org.iommu4j.smmuv3.entries.LeafEntry;
import org.iommu4j.smmuv3.entries.StreamEntry;
import org.iommu4j.smmuv3.entries.StreamTableEntry;
import org.iommu4j.smmuv3.queues.Configuration;
import org.iommu4j.smmuv3.queues.Sync;
import org.iommu4j.smmuv3.queues.Tlb;
import org.iommu4j.smmuv3.registers.Capabilities;
import org.iommu4j.smmuv3.registers.Control;
import org.iommu4j.smmuv3.registers.GlobalError;
import org.iommu4j.smmuv3.registers.QueueRegister;
import org.iommu4j.smmuv3.registers.StreamTableBase;
import org.junit.jupiter.api.Test;

/**
 * What Linux wrote into an SMMUv3's tables, queue and registers, with every bit decoded by others: each row must
 * decode to the fields given, with no bit left over, and those fields must encode to the row.
 */
class GoldenTest {
    private static final Map<String, Layout> ENTRIES = Map.of("l1std", StreamTableEntry.LAYOUT, "ste",
            StreamEntry.LAYOUT, "cd", ContextEntry.LAYOUT, "s1-table", LeafEntry.TABLE, "s1-leaf", LeafEntry.STAGE1);
    private static final Map<String, Layout> COMMANDS = Map.of("CFGI_STE", Configuration.STE, "CFGI_STE_RANGE",
            Configuration.STE_RANGE, "CFGI_CD", Configuration.CD, "TLBI_NH_VA", Tlb.NH_VA, "TLBI_NH_ASID",
            Tlb.NH_ASID, "TLBI_NSNH_ALL", Tlb.NSNH_ALL, "CMD_SYNC", Sync.LAYOUT);
    private static final Map<String, Layout> REGISTERS = Map.ofEntries(Map.entry("SMMU_IDR0", Capabilities.IDR0),
            Map.entry("SMMU_IDR1", Capabilities.IDR1), Map.entry("SMMU_IDR3", Capabilities.IDR3),
            Map.entry("SMMU_IDR5", Capabilities.IDR5), Map.entry("SMMU_CR0", Control.CR0),
            Map.entry("SMMU_CR0ACK", Control.CR0), Map.entry("SMMU_CR1", Control.CR1),
            Map.entry("SMMU_CR2", Control.CR2), Map.entry("SMMU_GBPA", Control.GBPA),
            Map.entry("SMMU_IRQ_CTRL", Control.IRQ_CTRL), Map.entry("SMMU_IRQ_CTRLACK", Control.IRQ_CTRL),
            Map.entry("SMMU_GERROR", GlobalError.LAYOUT), Map.entry("SMMU_GERRORN", GlobalError.LAYOUT),
            Map.entry("SMMU_STRTAB_BASE", StreamTableBase.BASE),
            Map.entry("SMMU_STRTAB_BASE_CFG", StreamTableBase.CONFIG),
            Map.entry("SMMU_CMDQ_BASE", QueueRegister.BASE), Map.entry("SMMU_EVENTQ_BASE", QueueRegister.BASE),
            Map.entry("SMMU_CMDQ_PROD", QueueRegister.INDEX), Map.entry("SMMU_CMDQ_CONS", QueueRegister.INDEX),
            Map.entry("SMMU_EVENTQ_PROD (page 1)", QueueRegister.INDEX),
            Map.entry("SMMU_EVENTQ_CONS (page 1)", QueueRegister.INDEX));
    /** A hint that this driver does not give, and the version. */
    private static final GoldenLayouts ROWS = new GoldenLayouts("smmuv3", "PREFETCH_CFG", "SMMU_AIDR");

    @Test
    void table_entries_decode_to_the_given_fields_and_back() throws IOException {
        assertEquals(84, ROWS.entries(ENTRIES));
    }

    @Test
    void commands_decode_to_the_given_fields_and_back() throws IOException {
        assertEquals(82, ROWS.commands(COMMANDS));
    }

    @Test
    void registers_decode_to_the_given_fields_and_back() throws IOException {
        assertEquals(21, ROWS.registers(REGISTERS));
    }
}
