import { settings } from './store/cloud.ts';

// Handlers are made when their files are loaded, which needs the settings; schedules make others and wake only those.
for (const [name, value] of Object.entries(settings)) process.env[name] ??= value;
