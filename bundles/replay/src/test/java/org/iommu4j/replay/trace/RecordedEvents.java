package org.iommu4j.replay.trace;

import java.util.ArrayList;
import java.util.List;

/** Writes each event down as one string. */
final class RecordedEvents implements TraceEvents {

    final List<String> events = new ArrayList<>();

    private void add(TraceLine line, String format, Object... values) {
        events.add(line.task() + "@" + line.cpu() + " " + line.context() + " " + line.nanos() + " "
                + String.format(format, values));
    }

    @Override
    public void map(TraceLine line, long iova, long physical, long length) {
        add(line, "map %x %x %x", iova, physical, length);
    }

    @Override
    public void unmap(TraceLine line, long iova, long length) {
        add(line, "unmap %x %x", iova, length);
    }

    @Override
    public void probeMap(TraceLine line, long domain, long iova, long length, int protection) {
        add(line, "probeMap %x %x %x %d", domain, iova, length, protection);
    }

    @Override
    public void probeUnmap(TraceLine line, long domain, long iova, long length) {
        add(line, "probeUnmap %x %x %x", domain, iova, length);
    }

    @Override
    public void dmaMap(TraceLine line, String device, DmaDirection direction, Segments segments) {
        StringBuilder text = new StringBuilder("dmaMap " + device + " " + direction);
        for (int i = 0; i < segments.count(); i++) {
            text.append(String.format(" %x+%x", segments.address(i), segments.size(i)));
        }
        add(line, "%s%s", text, segments.truncated() ? " truncated" : "");
    }

    @Override
    public void dmaUnmap(TraceLine line, String device, Segments segments) {
        add(line, "dmaUnmap %s %x+%x", device, segments.address(0), segments.size(0));
    }

    @Override
    public void dmaUnmapScatter(TraceLine line, String device) {
        add(line, "dmaUnmapScatter %s", device);
    }

    @Override
    public void attach(TraceLine line, String device) {
        add(line, "attach %s", device);
    }

    @Override
    public void addToGroup(TraceLine line, int group, String device) {
        add(line, "addToGroup %d %s", group, device);
    }

    @Override
    public void invalidation(TraceLine line, String kind) {
        add(line, "invalidation %s", kind);
    }

    @Override
    public void phase(TraceLine line, String name) {
        add(line, "phase %s", name);
    }
}
