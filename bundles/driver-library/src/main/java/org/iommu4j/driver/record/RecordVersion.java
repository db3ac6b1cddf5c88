package org.iommu4j.driver.record;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;

/** The version of the records that this build writes; set by the build, so that two releases differ in nothing else. */
public final class RecordVersion {
    private static final String RESOURCE = "record.properties";
    private static final String KEY = "schema.version";

    private RecordVersion() {
    }

    /**
     * @param room a class in the package that has the resource
     * @throws IommuException IO if the build is broken
     */
    public static int ofThisBuild(Class<?> room) {
        Properties properties = new Properties();
        try (InputStream resource = room.getResourceAsStream(RESOURCE)) {
            if (resource == null) {
                throw new IommuException(Reason.IO, "this bundle has no " + RESOURCE);
            }
            properties.load(resource);
            return Integer.parseInt(properties.getProperty(KEY));
        } catch (IOException | NumberFormatException e) {
            throw new IommuException(Reason.IO, RESOURCE + " of this bundle has no number for " + KEY, e);
        }
    }
}
