package org.iommu4j.core.machine;

import java.util.List;
import java.util.Optional;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.machine.Machine;
import org.iommu4j.core.recovery.MachineRecord;
import org.iommu4j.core.recovery.RecordFile;
import org.iommu4j.core.unit.Seat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known of a machine before it is powered on: that it is off, or that it was left running, with its record or
 * with the reason why there is none.
 */
final class LeftRunning {
    private static final Logger LOG = LoggerFactory.getLogger(LeftRunning.class);

    private final boolean running;
    private MachineRecord record;
    private String refusal = "";

    /** Reads the record of a machine that was left running, and deletes that of one that was not. */
    LeftRunning(Machine machine) {
        Optional<RecordFile> file = machine.recordFile().map(RecordFile::new);
        this.running = machine.isLeftRunning();
        if (!running) {
            file.ifPresent(RecordFile::delete);
            return;
        }
        file.ifPresentOrElse(each -> read(each, machine.name()), () -> refuse("there is no record of it"));
        LOG.info("{}: it was left running, {}", machine.name(),
                record == null ? "and cannot be taken over: " + refusal : "and there is a record of it");
    }

    private void read(RecordFile file, String machine) {
        try {
            record = file.read();
            if (!record.machine().equals(machine)) {
                refuse("its record is of machine " + record.machine());
            }
        } catch (IommuException e) {
            refuse(e.getMessage());
        }
    }

    /** Tells the units what runs in them. */
    void tell(List<Seat> seats) {
        if (!running) {
            return;
        }
        List<Long> bases = seats.stream().map(seat -> seat.description().registerBase()).toList();
        if (record != null && !record.units().stream().map(MachineRecord.UnitRow::base).toList().equals(bases)) {
            refuse("its record is of other units");
        }
        for (int i = 0; i < seats.size(); i++) {
            if (record == null) {
                seats.get(i).dma(false);
                seats.get(i).refuse("what runs here cannot be taken over: " + refusal);
            } else {
                seats.get(i).abandoned(record.units().get(i).record());
            }
        }
    }

    MachineRecord record() {
        return record;
    }

    private void refuse(String why) {
        record = null;
        refusal = why;
    }
}
