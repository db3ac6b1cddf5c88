package org.iommu4j.core.recovery;

import java.util.Arrays;
import java.util.function.Function;
import org.iommu4j.core.unit.Binding;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a machine's record up to date. A record that is not the truth is worse than none: if a new one cannot be
 * written, the old one goes. Any thread.
 */
public final class Recorder {
    private static final Logger LOG = LoggerFactory.getLogger(Recorder.class);

    private static final byte[] NOTHING = {};

    private final RecordFile file;
    private final Function<Binding, MachineRecord> source;
    private byte[] written = NOTHING;
    private boolean failing;
    private boolean ended;

    /** @param source the record as of now, from the driver in charge */
    public Recorder(RecordFile file, Function<Binding, MachineRecord> source) {
        this.file = file;
        this.source = source;
    }

    /** Something may have changed. Inside the gate, or while it is closed. */
    public synchronized void write(Binding inCharge) {
        if (ended) {
            return;
        }
        try {
            byte[] now = RecordFile.bytes(source.apply(inCharge));
            if (!Arrays.equals(now, written)) {
                file.write(now);
                written = now;
            }
            failing = false;
        } catch (RuntimeException e) {
            if (!failing) {
                LOG.warn("nobody could take this machine over if this process died now: {}", e.toString());
            }
            failing = true;
            written = NOTHING;
            file.delete();
        }
    }

    /** The machine ends in good order. */
    public synchronized void end() {
        ended = true;
        file.delete();
    }
}
