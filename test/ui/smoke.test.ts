import { openWorkbench, quickPickItem, runCommand, type Workbench } from '../support/workbench';

describe('the workbench of these tests', () => {
  let workbench: Workbench;

  before(async () => {
    workbench = await openWorkbench({ theme: 'Default Light Modern' });
  });

  after(() => workbench?.close());

  it('shows the extension under development', async () => {
    await workbench.page.getByRole('tab', { name: 'Reservations' }).click();
    await workbench.screenshot('smoke-view');
  });

  it('runs a command by its title', async () => {
    await runCommand(workbench.page, 'Preferences: Color Theme');
    await quickPickItem(workbench.page, 'Light+').waitFor();
    await workbench.screenshot('smoke-command');
    await workbench.page.keyboard.press('Escape');
  });
});
