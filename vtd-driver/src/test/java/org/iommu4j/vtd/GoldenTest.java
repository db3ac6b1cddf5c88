package org.iommu4j.vtd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.iommu4j.driver.golden.GoldenLayouts;
import org.iommu4j.driver.layout.Layout;
import org.iommu4j.vtd.entries.ContextEntry;
import org.iommu4j.vtd.entries.FirstStageEntry;
import org.iommu4j.vtd.entries.PasidDirectoryEntry;
import org.iommu4j.vtd.entries.PasidEntry;
import org.iommu4j.vtd.entries.RootEntry;
import org.iommu4j.vtd.entries.ScalableContextEntry;
import org.iommu4j.vtd.entries.ScalableRootEntry;
import org.iommu4j.vtd.entries.SecondStageEntry;
import org.iommu4j.vtd.queues.ContextCacheInvalidation;
import org.iommu4j.vtd.queues.InvalidationWait;
import org.iommu4j.vtd.queues.IotlbInvalidation;
import org.iommu4j.vtd.queues.PasidCacheInvalidation;
import org.iommu4j.vtd.queues.PasidIotlbInvalidation;
import org.iommu4j.vtd.registers.Capabilities;
import org.iommu4j.vtd.registers.FaultRecord;
import org.iommu4j.vtd.registers.FaultStatus;
import org.iommu4j.vtd.registers.GlobalCommand;
import org.iommu4j.vtd.registers.QueueAddress;
import org.iommu4j.vtd.registers.RootTableAddress;
import org.junit.jupiter.api.Test;

/**
 * What Linux wrote into a VT-d unit's tables, queue and registers, with every bit decoded by others: each row must
 * decode to the fields given, with no bit left over, and those fields must encode to the row.
 */
class GoldenTest {
    private static final Map<String, Layout> ENTRIES = Map.of("root", RootEntry.LAYOUT, "context", ContextEntry.LAYOUT,
            "sm-root", ScalableRootEntry.LAYOUT, "sm-context", ScalableContextEntry.LAYOUT, "pasid-dir",
            PasidDirectoryEntry.LAYOUT, "pasid", PasidEntry.LAYOUT, "ss-table", SecondStageEntry.TABLE, "ss-leaf",
            SecondStageEntry.LEAF, "fs-table", FirstStageEntry.TABLE, "fs-leaf", FirstStageEntry.LEAF);
    private static final Map<String, Layout> COMMANDS = Map.of("cc_inv", ContextCacheInvalidation.LAYOUT, "iotlb_inv",
            IotlbInvalidation.LAYOUT, "inv_wait", InvalidationWait.LAYOUT, "pc_inv", PasidCacheInvalidation.LAYOUT,
            "p_iotlb_inv", PasidIotlbInvalidation.LAYOUT);
    private static final Map<String, Layout> REGISTERS = Map.of("CAP_REG", Capabilities.CAP, "ECAP_REG",
            Capabilities.ECAP, "GSTS_REG", GlobalCommand.STATUS, "RTADDR_REG", RootTableAddress.LAYOUT, "FSTS_REG",
            FaultStatus.LAYOUT, "FECTL_REG", FaultStatus.CONTROL, "IQA_REG", QueueAddress.LAYOUT, "IQH_REG",
            QueueAddress.HEAD, "IQT_REG", QueueAddress.TAIL);
    /** Interrupt tables, which this driver does not write. */
    private static final GoldenLayouts ROWS = new GoldenLayouts("vtd", "irte", "iec_inv", "VER_REG",
            "FEDATA_REG", "FEADDR_REG", "ICS_REG", "IECTL_REG", "IRTA_REG", "FRCD_REG[0] low", "FRCD_REG[0] high");

    @Test
    void table_entries_decode_to_the_given_fields_and_back() throws IOException {
        assertEquals(288, ROWS.entries(ENTRIES));
    }

    @Test
    void queue_descriptors_decode_to_the_given_fields_and_back() throws IOException {
        assertEquals(77, ROWS.commands(COMMANDS));
    }

    @Test
    void registers_decode_to_the_given_fields_and_back() throws IOException {
        assertEquals(27, ROWS.registers(REGISTERS));
    }

    @Test
    void fault_records_decode_to_the_given_fields() {
        // registers.csv, sm-second-stage, FRCD_REG[0]
        assertEquals(List.of("FI=0xfffff000", "SID=1024", "T2=0", "PRIV=0", "EXE=0", "PP=0", "FR=2", "PV=0", "AT=0",
                "T1=1", "F=0"), FaultRecord.LAYOUT.decode(0x00000000fffff000L, 0x4000000200000400L));
    }
}
